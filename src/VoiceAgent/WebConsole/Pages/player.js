// The recording of a call: its outline, the sound, and the turn of the transcript that is being heard.
import { get } from './api.js';
import { el, svg, seconds } from './dom.js';

const WIDTH = 1000;
const HALF = 50;
const STEP = 5;
const timeOf = turn => Number(turn.dataset.at);

// turns: the items of the transcript, each with its time since the call came in, in ms (data-at).
export function player(key, turns) {
  const path = `calls/${encodeURIComponent(key)}/recording`;
  const audio = el('audio', { controls: true, preload: 'none', src: `api/${path}`, 'aria-label': 'Recording: the caller on the left, the agent on the right' });
  const head = svg('line', { class: 'head', x1: 0, x2: 0, y1: 0, y2: 2 * HALF });
  const wave = svg('svg', { class: 'wave', viewBox: `0 0 ${WIDTH} ${2 * HALF}`, preserveAspectRatio: 'none', tabindex: 0, role: 'slider', 'aria-label': 'Place in the recording', 'aria-valuemin': 0, 'aria-valuemax': 0, 'aria-valuenow': 0 });
  const fault = el('p', { class: 'bad', role: 'alert', hidden: true });
  const element = el('section', { class: 'player', 'aria-label': 'Recording' }, fault, wave, audio);
  let outline = null;
  let isClosed = false;

  get(`${path}/outline`).then(found => { if (!isClosed) draw(found); }, problem => { if (!isClosed) fail(problem.message); });

  function draw(found) {
    outline = found;
    const x = place => WIDTH * place / Math.max(found.seconds, .01);
    const shape = (peaks, base, sign) => `M0 ${base}${peaks.map((peak, i) => `L${i * WIDTH / peaks.length} ${base + sign * Math.max(.5, 4.5 * Math.sqrt(peak))}`).join('')}L${WIDTH} ${base}Z`;
    wave.replaceChildren(
      ...found.pauses.map(pause => svg('rect', { class: 'pause', x: x(pause.fromSeconds), y: 0, width: x((pause.toSeconds ?? found.seconds) - pause.fromSeconds), height: 2 * HALF }, svg('title', {}, `Paused by ${pause.by}`))),
      svg('path', { class: 'caller', d: shape(found.caller, HALF, -1) }), svg('path', { class: 'agent', d: shape(found.agent, HALF, 1) }), head);
    wave.setAttribute('aria-valuemax', Math.round(found.seconds));
    if (found.fault) fail(found.fault);
    show();
  }

  function fail(text) {
    fault.textContent = text;
    fault.hidden = false;
  }

  function show() {
    const at = audio.currentTime;
    if (!outline) return;
    const x = WIDTH * at / Math.max(outline.seconds, .01);
    head.setAttribute('x1', x);
    head.setAttribute('x2', x);
    wave.setAttribute('aria-valuenow', Math.round(at));
    wave.setAttribute('aria-valuetext', `${seconds(at * 1000)} of ${seconds(outline.seconds * 1000)}`);
    const callMs = outline.beganAtMs + at * 1000;
    const now = at === 0 && audio.paused ? null : turns.filter(turn => timeOf(turn) <= callMs + 50).reduce((last, turn) => last && timeOf(last) > timeOf(turn) ? last : turn, null);
    for (const turn of turns) {
      if (turn !== now) turn.removeAttribute('aria-current');
      else if (!turn.hasAttribute('aria-current')) {
        turn.setAttribute('aria-current', 'true');
        if (!audio.paused) turn.scrollIntoView({ block: 'nearest' });
      }
    }
  }

  function go(place) {
    audio.currentTime = Math.min(Math.max(place, 0), outline?.seconds ?? 0);
    show();
  }

  const toggle = () => { if (audio.paused) audio.play().catch(() => {}); else audio.pause(); };
  const point = event => { const box = wave.getBoundingClientRect(); go((event.clientX - box.left) / box.width * (outline?.seconds ?? 0)); };
  wave.addEventListener('pointerdown', event => { wave.setPointerCapture(event.pointerId); point(event); });
  wave.addEventListener('pointermove', event => { if (wave.hasPointerCapture(event.pointerId)) point(event); });
  wave.addEventListener('keydown', event => {
    const act = { ArrowLeft: () => go(audio.currentTime - STEP), ArrowRight: () => go(audio.currentTime + STEP), Home: () => go(0), End: () => go(outline?.seconds ?? 0), ' ': toggle }[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  for (const name of ['timeupdate', 'seeked', 'play', 'pause', 'ended']) audio.addEventListener(name, show);
  audio.addEventListener('error', () => { if (!isClosed) fail('The recording cannot be played.'); });

  return {
    element,
    toggle,
    seek: atMs => { if (outline) go((atMs - outline.beganAtMs) / 1000); },
    close() {
      isClosed = true;
      audio.pause();
      audio.removeAttribute('src');
      audio.load();   // lets go of the connection
    },
  };
}
