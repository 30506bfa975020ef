// Frames of sound -> loudspeaker, over a small buffer that smooths what the network does. Mono, or stereo by turns of left and right.
// It counts the samples that have left the buffer, played or thrown away, and says so every 20 ms.
const HELD_MS = 60;        // gathered before sound begins, and again after it has run dry
const LONGEST_MS = 4000;
const FADE_MS = 4;

class Player extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.channels = processorOptions.channels;
    this.ring = new Float32Array(sampleRate * LONGEST_MS / 1000 * this.channels);
    this.held = sampleRate * HELD_MS / 1000;
    this.fade = sampleRate * FADE_MS / 1000;
    this.written = this.read = this.arrived = 0;   // in samples of one channel
    this.waited = 0;
    this.isPlaying = false;
    this.gain = 0;
    this.falling = 0;
    this.power = 0;
    this.counted = 0;
    this.port.onmessage = ({ data }) => data === 'clear' ? this.clear() : this.take(new Int16Array(data));
  }

  get queued() { return this.written - this.read; }

  take(pcm) {
    const samples = pcm.length / this.channels;
    this.arrived += samples;
    const size = this.ring.length / this.channels;
    if (this.queued + samples > size) this.read = this.written + samples - size;   // the oldest gives way
    for (let i = 0; i < pcm.length; i++) this.ring[(this.written * this.channels + i) % this.ring.length] = pcm[i] / 32768;
    this.written += samples;
  }

  // What is being heard fades, the rest is never heard.
  clear() {
    this.falling = this.isPlaying ? Math.min(this.fade, this.queued) : 0;
    this.written = this.read + this.falling;
    if (this.falling === 0) this.isPlaying = false;
  }

  process(_, [out]) {
    const length = out[0].length;
    if (!this.isPlaying && this.queued > 0) {
      this.waited += length;
      if (this.queued >= this.held || this.waited >= 2 * this.held) [this.isPlaying, this.gain] = [true, 0];
    }
    for (let i = 0; i < length && this.isPlaying; i++) {
      if (this.queued === 0) {
        [this.isPlaying, this.waited, this.falling] = [false, 0, 0];
        break;
      }
      // Down towards the end of what there is: it may be the last, and that nothing more came is known too late.
      this.gain = this.falling > 0 ? Math.max(0, this.gain - 1 / this.fade) : Math.min(1, this.gain + 1 / this.fade, (this.queued - 1) / this.fade);
      for (let c = 0; c < this.channels; c++) {
        const value = this.ring[(this.read * this.channels + c) % this.ring.length] * this.gain;
        out[c][i] = value;
        this.power += value * value / this.channels;
      }
      this.read++;
      if (this.falling > 0 && --this.falling === 0) {   // what has come since is gathered anew
        [this.isPlaying, this.waited] = [false, 0];
        break;
      }
    }
    this.counted += length;
    if (this.counted >= sampleRate / 50) this.report();
    return true;
  }

  report() {
    this.port.postMessage({ queued: this.queued, taken: this.arrived - this.queued, level: Math.sqrt(this.power / this.counted) });
    this.power = this.counted = 0;
  }
}

registerProcessor('player', Player);
