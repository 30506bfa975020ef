// Talking to an agent from here: microphone and loudspeaker of this browser in the place of a phone.
import { get } from './api.js';
import { el, seconds } from './dom.js';
import { microphoneFault, openMicrophone, openSpeaker, levelOf, meter, socketOf } from './sound.js';

const HEAD_BYTES = 4;
const DRAIN_MS = 1500;   // of what is still in the buffer when the agent has hung up

export function talk(main, app) {
  const agent = el('select', { id: 'agent', name: 'agent' });
  const from = el('input', { id: 'from', name: 'from', autocomplete: 'off', inputmode: 'tel', maxlength: 64, placeholder: 'none' });
  const variables = el('textarea', { id: 'variables', name: 'variables', rows: 3, placeholder: 'order: A-17' });
  const begin = el('button', { class: 'main', id: 'talk-begin' }, 'Talk');
  const end = el('button', { type: 'button', class: 'danger', id: 'talk-end', hidden: true, onclick: () => hangUp(), onkeydown: event => { if (event.repeat) event.preventDefault(); } }, 'Hang up');
  const mute = el('button', { type: 'button', id: 'talk-mute', hidden: true, 'aria-pressed': 'false', onclick: () => setMute(!isMuted) }, 'Mute');
  const status = el('p', { id: 'talk-status', role: 'status', 'aria-live': 'polite' }, 'Not talking.');
  const fault = el('p', { class: 'bad', role: 'alert' });
  const [own, theirs] = [meter('meter-own', 'Level of your microphone'), meter('meter-agent', 'Level of the agent')];
  const latency = el('b', { id: 'latency' }, '–');
  const latencies = el('span', { class: 'soft', id: 'latencies' });
  const said = el('ol', { class: 'said', id: 'said', role: 'log', 'aria-live': 'polite' });
  const steps = el('ol', { class: 'steps', id: 'steps' });
  const link = el('a', { id: 'talk-record', hidden: true, target: '_blank', rel: 'noopener' }, 'The record of this call');
  const keypad = el('div', { class: 'actions', role: 'group', 'aria-label': 'Keys of the phone', hidden: true },
    [...'123456789*0#'].map(digit => el('button', { type: 'button', onclick: () => press(digit) }, digit)));
  const open = { caller: null, agent: null };
  let call = null;
  let isMuted = false;
  let isClosed = false;
  let timer = null;

  main.append(el('h2', {}, 'Talk to an agent'),
    el('p', { class: 'soft' }, 'A call without a phone, through the same bridge: recorded, counted and billed as any other. Use headphones where you can.'),
    el('form', { class: 'search', onsubmit: event => { event.preventDefault(); if (!call) start(); } },
      el('label', {}, 'Agent', agent), el('label', {}, 'Calling from (counts as unverified)', from), el('label', {}, 'What the agent knows, name: value', variables), begin, end, mute),
    status, fault,
    el('div', { class: 'tiles' },
      el('div', { class: 'tile' }, el('span', { class: 'soft' }, 'You'), own.bar),
      el('div', { class: 'tile' }, el('span', { class: 'soft' }, 'Agent'), theirs.bar),
      el('div', { class: 'tile' }, el('span', { class: 'soft' }, 'Answered after'), latency, latencies)),
    keypad, el('p', {}, link), el('h2', {}, 'What is said'), said, el('details', {}, el('summary', {}, 'Every step'), steps));

  get('agents').then(found => {
    agent.append(...found.agents.map(name => el('option', { value: name, selected: name === found.default }, name)));
    const why = found.maxTalks === 0 ? 'Talking from the console is switched off (Console:MaxTalks).' : microphoneFault();
    begin.disabled = why !== null;
    fault.textContent = why ?? '';
  }).catch(problem => { fault.textContent = problem.message; begin.disabled = true; });

  async function start() {
    const mine = call = { received: 0, taken: 0, latencies: [] };
    fault.textContent = '';
    say('Asking for the microphone …');
    show(true);
    said.replaceChildren();
    steps.replaceChildren();
    [open.caller, open.agent, latency.textContent, latencies.textContent, link.hidden] = [null, null, '–', '', true];
    try {
      mine.speaker = await openSpeaker({}, told => { mine.taken = told.taken; mine.queued = told.queued; theirs.show(told.level); });
      mine.microphone = await openMicrophone(pcm => send(mine, pcm), () => { if (call === mine) finish('The microphone was unplugged or taken away, and the call has ended.'); });
      mine.microphone.mute(isMuted);
    } catch (problem) {
      if (call === mine) finish(problem.name === 'NotAllowedError' ? 'The browser was not allowed to use the microphone.' : `No sound: ${problem.message}`);
      else release(mine);
      return;
    }
    if (call !== mine || isClosed) { release(mine); return; }
    say('Connecting …');
    const socket = mine.socket = socketOf('talk');
    socket.onopen = () => socket.send(JSON.stringify({ type: 'start', agent: agent.value, from: from.value.trim() || null, variables: read(variables.value) }));
    socket.onmessage = ({ data }) => { if (call === mine) typeof data === 'string' ? take(mine, JSON.parse(data)) : hear(mine, data); };
    socket.onclose = () => { if (call === mine) lost(mine); };
  }

  // The socket is the call: with it the call is over, and the next one is another call.
  function lost(mine) {
    if (mine.why) setTimeout(() => { if (call === mine) finish(mine.why); }, mine.queued > 0 ? DRAIN_MS : 0);
    else finish(mine.isReady ? 'The connection was lost, and the call with it.' : 'The service refused the connection: you may have been signed out, or may not talk.');
  }

  function send(mine, pcm) {
    own.show(levelOf(pcm));
    if (mine.socket?.readyState !== WebSocket.OPEN || !mine.isReady) return;
    const frame = new ArrayBuffer(HEAD_BYTES + pcm.byteLength);
    new DataView(frame).setUint32(0, mine.taken, true);
    new Int16Array(frame, HEAD_BYTES).set(pcm);
    mine.socket.send(frame);
  }

  function hear(mine, buffer) {
    mine.received += buffer.byteLength / 2;
    mine.speaker.play(buffer);
  }

  function take(mine, news) {
    switch (news.type) {
      case 'ready':
        mine.isReady = true;
        [link.href, link.hidden] = [`#/call/${encodeURIComponent(news.key)}`, false];
        say(`Ringing ${news.agent} …`);
        mine.began = Date.now();
        break;
      case 'refused': mine.why = news.message; fault.textContent = news.message; break;
      case 'state': mine.state = news.state; tick(mine); break;
      case 'clear': mine.speaker.clear(); break;
      case 'words': words(news.speaker, news.text); break;
      case 'said': turn(news); break;
      case 'latency': answered(mine, news.latencyMs); break;
      case 'step': steps.append(el('li', {}, `${news.kind}: ${news.text}`)); break;
      case 'end': mine.why = `The call is over: ${news.reason}.`; break;
    }
  }

  function answered(mine, ms) {
    mine.latencies.push(ms);
    mine.latest = el('span', { class: 'soft number', title: 'From your last word to the first of this answer' }, `${Math.round(ms)} ms `);
    if (open.agent) label(mine);
    latency.textContent = `${Math.round(ms)} ms`;
    const sorted = [...mine.latencies].sort((a, b) => a - b);
    latencies.textContent = `${sorted.length} ${sorted.length === 1 ? 'answer' : 'answers'}, median ${Math.round(sorted[sorted.length >> 1])} ms`;
  }

  // The turn that it has begun says how soon it came.
  function label(mine) {
    open.agent.lastChild.before(mine.latest);
    mine.latest = null;
  }

  function words(speaker, text) {
    open[speaker] ??= said.appendChild(el('li', { class: speaker, 'aria-live': 'off' }, el('b', {}, speaker === 'agent' ? 'Agent ' : 'You '), el('span')));
    if (speaker === 'agent' && call?.latest) label(call);
    open[speaker].lastChild.textContent = `${text} …`;
    open[speaker].scrollIntoView({ block: 'nearest' });
  }

  function turn({ speaker, text, heard, unheard }) {
    words(speaker, '');
    open[speaker].removeAttribute('aria-live');   // read out whole, not word by word
    open[speaker].lastChild.replaceChildren(heard ?? text, ...(unheard ? [' ', el('s', { title: 'Not heard' }, unheard)] : []));
    open[speaker] = null;
  }

  function tick(mine) {
    if (call === mine && mine.isReady && !mine.why) say(`${mine.state ?? 'Ringing'}, ${seconds(Date.now() - mine.began)}`, mine.state);
  }

  // Screen readers are told of states, not of every second.
  let told = '';
  function say(text, what = text) {
    status.setAttribute('aria-live', what === told ? 'off' : 'polite');
    [told, status.textContent] = [what, text];
  }

  function press(digit) {
    if (call?.isReady && call.socket.readyState === WebSocket.OPEN) call.socket.send(JSON.stringify({ type: 'digit', digit }));
  }

  function setMute(wanted) {
    isMuted = wanted;
    mute.setAttribute('aria-pressed', String(wanted));
    mute.textContent = wanted ? 'Unmute' : 'Mute';
    call?.microphone?.mute(wanted);
    own.reset();
  }

  function hangUp() {
    if (!call) return;
    call.socket?.close(1000);
    finish('You hung up.');
  }

  function show(isTalking) {
    const focused = document.activeElement;
    [begin.hidden, end.hidden, mute.hidden, keypad.hidden] = [isTalking, !isTalking, !isTalking, !isTalking];
    for (const field of [agent, from, variables]) field.disabled = isTalking;
    if (!isClosed && [begin, end, mute, agent, from, variables, ...keypad.children].includes(focused)) (isTalking ? end : begin).focus();   // it has gone from there
    clearInterval(timer);
    if (isTalking) timer = setInterval(() => { app.touch?.(); if (call) tick(call); }, 1000);
  }

  function release(mine) {
    mine.microphone?.close();
    mine.speaker?.close();
    if (mine.socket && mine.socket.readyState <= WebSocket.OPEN) mine.socket.close(1000);
  }

  function finish(why) {
    const mine = call;
    call = null;
    release(mine);
    show(false);
    own.reset();
    theirs.reset();
    say(why);
  }

  return {
    keys: { s: () => call ? hangUp() : begin.disabled || start(), m: () => call && setMute(!isMuted) },
    close() { isClosed = true; if (call) hangUp(); clearInterval(timer); },
  };
}

function read(text) {
  const entries = text.split('\n').map(line => line.split(/:(.*)/s)).filter(([name, value]) => name.trim() && value?.trim());
  return Object.fromEntries(entries.map(([name, value]) => [name.trim(), value.trim()]));
}
