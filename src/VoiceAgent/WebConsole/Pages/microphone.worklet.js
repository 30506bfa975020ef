// Microphone at the device's own rate -> frames of 20 ms, mono PCM16 at 16 kHz.
const RATE = 16000;
const FRAME = RATE / 50;
const CUTOFF = 7200;
const CROSSINGS = 12;
const FINENESS = 256;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    // A windowed sinc below half of the lower rate, looked up by its distance in input samples.
    const cutoff = Math.min(CUTOFF / sampleRate, 0.45);
    this.half = Math.ceil(CROSSINGS / (2 * cutoff));
    this.kernel = Float32Array.from({ length: this.half * FINENESS + 1 }, (_, i) => {
      const x = i / FINENESS;
      const window = 0.42 + 0.5 * Math.cos(Math.PI * x / this.half) + 0.08 * Math.cos(2 * Math.PI * x / this.half);
      return (x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x)) * window;
    });
    this.input = new Float32Array(4 * this.half + 4096);
    this.filled = 0;
    this.position = this.half;
    this.frame = new Int16Array(FRAME);
    this.count = 0;
  }

  process([[channel]]) {
    if (!channel) return true;
    this.input.set(channel, this.filled);
    this.filled += channel.length;
    for (; this.position + this.half < this.filled; this.position += this.step) this.push(this.sample());
    const done = Math.floor(this.position) - this.half;
    if (done > 0) {
      this.input.copyWithin(0, done, this.filled);
      this.filled -= done;
      this.position -= done;
    }
    return true;
  }

  sample() {
    let sum = 0;
    for (let i = Math.ceil(this.position - this.half); i <= this.position + this.half; i++)
      sum += this.input[i] * this.kernel[Math.round(Math.abs(this.position - i) * FINENESS)];
    return sum;
  }

  push(value) {
    this.frame[this.count++] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
    if (this.count < FRAME) return;
    const full = this.frame;
    this.frame = new Int16Array(FRAME);
    this.count = 0;
    this.port.postMessage(full.buffer, [full.buffer]);
  }
}

registerProcessor('microphone', Microphone);
