// Microphone and loudspeaker: audio worklets, and meters of what goes through them.
import { el } from './dom.js';

const SPEAKER_RATE = 24000;
export const LOWEST = -70;

// Why there can be no microphone; null where there can.
export function microphoneFault() {
  if (navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode) return null;
  return isSecureContext ? 'This browser has no microphone for pages.' : 'Browsers give the microphone to pages of this machine or over HTTPS only: put a proxy with TLS before the service.';
}

// Gives frames of 20 ms, Int16Array at 16 kHz, to `take`, until it is closed; `ended` is told where it was unplugged or taken away before.
export async function openMicrophone(take, ended) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  for (const track of stream.getTracks()) track.onended = ended;
  const context = new AudioContext();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    context.close().catch(() => {});
  };
  try {
    await context.audioWorklet.addModule('microphone.worklet.js');
    const node = new AudioWorkletNode(context, 'microphone', { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = ({ data }) => take(new Int16Array(data));
    context.createMediaStreamSource(stream).connect(node);
    await context.resume();
  } catch (problem) {
    close();
    throw problem;
  }
  return { close, mute(isMuted) { for (const track of stream.getAudioTracks()) track.enabled = !isMuted; } };
}

// Plays what it is given; `told` hears every 20 ms how many samples have left the buffer, how many wait in it, and how loud it is.
// `route` may lead the sound to the context's destination by a way of its own.
export async function openSpeaker({ rate = SPEAKER_RATE, channels = 1, route = (node, context) => node.connect(context.destination) }, told) {
  const context = new AudioContext({ sampleRate: rate, latencyHint: 'interactive' });
  try {
    await context.audioWorklet.addModule('player.worklet.js');
    const node = new AudioWorkletNode(context, 'player', { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [channels], processorOptions: { channels } });
    node.port.onmessage = ({ data }) => told(data);
    route(node, context);
    await context.resume();
    return {
      play: buffer => node.port.postMessage(buffer, [buffer]),
      clear: () => node.port.postMessage('clear'),
      close: () => { context.close().catch(() => {}); },
    };
  } catch (problem) {
    context.close().catch(() => {});
    throw problem;
  }
}

export const dbov = level => level > 0 ? Math.max(LOWEST, 20 * Math.log10(level)) : LOWEST;

export function levelOf(pcm) {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / pcm.length) / 32768;
}

// A meter that rises at once and falls slowly.
export function meter(id, label) {
  const bar = el('meter', { id, min: LOWEST, max: 0, low: -45, 'aria-label': label, value: LOWEST });
  let shown = LOWEST;
  return { bar, show(level) { bar.value = shown = Math.max(dbov(level), shown - 1.5); }, reset() { bar.value = shown = LOWEST; } };
}

export const socketOf = path => {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${location.pathname}api/${path}`);
  socket.binaryType = 'arraybuffer';
  return socket;
};
