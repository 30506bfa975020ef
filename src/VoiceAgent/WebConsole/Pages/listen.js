// Listening to a running call: the caller on the left, the agent on the right.
import { el } from './dom.js';
import { openSpeaker, levelOf, meter, socketOf } from './sound.js';

const RATE = 16000;
const REPORTS_PER_WORD = 5;   // one comes every 20 ms or so

export function listening(callId) {
  const toggle = el('button', { type: 'button', id: 'listen', 'aria-pressed': 'false', title: 'Listen (a)', onclick: () => switchOver() }, 'Listen');
  const balance = el('input', { type: 'range', id: 'balance', min: -1, max: 1, step: 0.1, value: 0, oninput: () => weigh() });
  const [caller, agent] = [meter('meter-heard-caller', 'Level of the caller'), meter('meter-heard-agent', 'Level of the agent')];
  const status = el('span', { id: 'listen-status', role: 'status', 'aria-live': 'polite' });
  const panel = el('div', { class: 'listening', hidden: true },
    el('label', {}, 'Caller', caller.bar), el('label', {}, 'Balance', balance), el('label', {}, 'Agent', agent.bar));
  let ear = null;

  async function open() {
    const mine = ear = { reports: 0, gains: [] };
    toggle.textContent = 'Stop listening';
    toggle.setAttribute('aria-pressed', 'true');
    panel.hidden = false;
    status.textContent = 'Connecting …';
    try {
      mine.speaker = await openSpeaker({ rate: RATE, channels: 2, route: (node, context) => lead(mine, node, context) }, told => report(mine, told.taken));
    } catch (problem) {
      close(`No sound: ${problem.message}`);
      return;
    }
    if (ear !== mine) { mine.speaker.close(); return; }
    const socket = mine.socket = socketOf(`calls/${encodeURIComponent(callId)}/listen`);
    socket.onopen = () => { status.textContent = 'You hear this call. It is noted in its record.'; };
    socket.onmessage = ({ data }) => { if (ear === mine) typeof data === 'string' ? take(mine, JSON.parse(data)) : hear(mine, data); };
    socket.onclose = () => { if (ear === mine) close(mine.why ?? 'The connection was lost, or refused.'); };
  }

  // A gain for each side, and back to a side each.
  function lead(mine, node, context) {
    const [splitter, merger] = [context.createChannelSplitter(2), context.createChannelMerger(2)];
    node.connect(splitter);
    mine.gains = [0, 1].map(side => {
      const gain = context.createGain();
      splitter.connect(gain, side);
      gain.connect(merger, 0, side);
      return gain.gain;
    });
    merger.connect(context.destination);
    weigh();
  }

  function weigh() {
    const value = Number(balance.value);
    if (ear?.gains.length) [ear.gains[0].value, ear.gains[1].value] = [Math.min(1, 1 - value), Math.min(1, 1 + value)];
  }

  function hear(mine, buffer) {
    const pairs = new Int16Array(buffer);
    caller.show(levelOf(pairs.filter((_, i) => i % 2 === 0)));
    agent.show(levelOf(pairs.filter((_, i) => i % 2 === 1)));
    mine.speaker.play(buffer);
  }

  function take(mine, news) {
    if (news.type === 'lost') status.textContent = `The connection is too slow: ${(news.lostMs / 1000).toFixed(1)} s were lost.`;
    else mine.why = news.type === 'refused' ? news.message : 'The call is over.';
  }

  // By the loudspeaker's own pace: timers of a page that is not looked at stand nearly still.
  function report(mine, taken) {
    if (++mine.reports % REPORTS_PER_WORD === 0 && mine.socket?.readyState === WebSocket.OPEN) mine.socket.send(new Uint32Array([taken]));
  }

  function close(why = 'You have stopped listening.') {
    const mine = ear;
    ear = null;
    if (!mine) return;
    mine.socket?.close(1000);
    mine.speaker?.close();
    caller.reset();
    agent.reset();
    panel.hidden = true;
    toggle.textContent = 'Listen';
    toggle.setAttribute('aria-pressed', 'false');
    status.textContent = why;
  }

  const switchOver = () => ear ? close() : open();
  return { elements: [toggle, status, panel], switchOver, close };
}
