// One call: what happened in words, its lanes, what was said, every step; and what can be done while it runs.
import { get, post } from './api.js';
import { el, table, clock, zone, seconds, confirmed, notice } from './dom.js';
import { lanes } from './lanes.js';
import { listening } from './listen.js';
import { player } from './player.js';

const PERIOD = 2000;

export function call(main, app, key) {
  const content = el('div');
  const actions = el('div', { class: 'actions', role: 'group', 'aria-label': 'Actions' });
  let timer = null;
  let isClosed = false;
  let isOver = false;   // nothing changes any more
  const place = el('p', { class: 'warn', id: 'elsewhere' });
  const ear = el('div', { class: 'actions', role: 'group', 'aria-label': 'Listen in' });
  let listener = null;
  let offered = '';
  let playing = null;
  const fault = el('p', { class: 'bad', role: 'status', 'aria-live': 'polite' });
  main.append(el('h2', { id: 'call-title' }, 'Call'), fault, place, actions, ear, content);

  async function load() {
    clearTimeout(timer);
    if (isOver) return;
    try {
      if (!document.hidden) {
        const found = await get(`calls/${encodeURIComponent(key)}`);
        if (isClosed) return;
        fault.textContent = '';
        isOver = Boolean(found.summary.endReason);
        if (isOver || !isBeingRead()) show(found);
      }
    } catch (problem) {
      fault.textContent = `${problem.message}${content.children.length > 0 ? ' What stands below is older.' : ''}`;
    }
    if (!isClosed && !isOver) timer = setTimeout(load, PERIOD);
  }

  // What somebody has marked stays.
  const isBeingRead = () => String(getSelection()) !== '' && content.contains(getSelection().anchorNode);

  // What is made anew is where it was: the keyboard's place, and how far a part is scrolled.
  function keepingPlace(render) {
    const parts = () => [...content.querySelectorAll('[data-part]')];
    const focused = content.contains(document.activeElement) ? document.activeElement.closest('[data-part]')?.dataset.part : null;
    const scrolled = new Map(parts().map(part => [part.dataset.part, [part, part.querySelector('pre')].map(box => [box?.scrollLeft ?? 0, box?.scrollTop ?? 0])]));
    render();
    for (const part of parts()) {
      [part, part.querySelector('pre')].forEach((box, i) => { if (box) [box.scrollLeft, box.scrollTop] = scrolled.get(part.dataset.part)?.[i] ?? [0, 0]; });
      if (part.dataset.part === focused) (part.querySelector('summary') ?? part).focus({ preventScroll: true });
    }
  }

  function show({ summary, explanation, record, isHere, transfers, ladder, mayListen, elsewhere }) {
    document.getElementById('call-title').textContent = `Call ${summary.callId}${summary.endReason ? '' : ', running'}`;
    offer(isHere && app.isOperator() ? summary.callId : null, transfers);
    if (mayListen && !listener) {
      listener = listening(summary.callId);
      ear.append(...listener.elements);
    }
    if (!isHere && listener) listener.elements[0].hidden = true;
    const wasOpen = new Set([...content.querySelectorAll('details[open]')].map(part => part.dataset.part));
    const talk = said(record, atMs => playing?.seek(atMs));
    place.replaceChildren(...whereabouts(summary, isHere, elsewhere, key));
    const isHeard = record.recording && summary.endReason && app.isOperator() && !elsewhere;
    playing?.close();
    playing = isHeard ? player(key, [...talk.querySelectorAll('li[data-at]')]) : null;
    const part = (name, inner) => el('details', { 'data-part': name, open: wasOpen.has(name) }, el('summary', {}, name), inner);
    keepingPlace(() => content.replaceChildren(
      facts(summary, record),
      el('h2', {}, 'What happened'),
      el('ul', { class: 'why' }, explanation.map(sentence => el('li', {}, sentence))),
      el('h2', {}, 'Timeline'),
      el('div', { class: 'scroll', tabindex: 0, 'data-part': 'Timeline', role: 'group', 'aria-label': 'Timeline' }, lanes(record, summary)),
      el('h2', {}, 'What was said'),
      ...(playing ? [playing.element] : record.recording ? [el('p', { class: 'soft' }, soundOf(summary, elsewhere, key))] : []),
      talk,
      el('h2', {}, 'Details'),
      part('Every step', steps(record)),
      ...(record.tools?.length ? [part('Tools', tools(record))] : []),
      ...(ladder ? [part('SIP messages', el('pre', {}, ladder))] : []),
      part('Record', el('pre', {}, JSON.stringify(record, null, 2)))));
  }

  // Made once for each change of what is possible: somebody may be typing.
  function offer(callId, transfers) {
    const now = JSON.stringify([callId, transfers]);
    if (now === offered) return;
    offered = now;
    actions.replaceChildren();
    if (!callId) return;
    const act = async (path, body) => {
      try {
        await post(`calls/${encodeURIComponent(callId)}/${path}`, body);
        return true;
      } catch (problem) {
        notice(problem.message);
        return false;
      }
    };
    const words = el('input', { id: 'whisper', 'aria-label': 'Tell the agent, unheard by the caller', placeholder: 'Tell the agent …', maxlength: 500, autocomplete: 'off' });
    actions.append(
      el('button', { type: 'button', class: 'danger', id: 'hang-up', onclick: async () => { if (await confirmed('Hang up this call?')) await act('hang-up'); } }, 'Hang up'),
      ...transfers.map(({ name, whyNot }) => el('button', { type: 'button', disabled: whyNot !== null, 'aria-describedby': whyNot ? 'no-transfer' : null,
        onclick: async () => { if (await confirmed(`Hand the caller to ${name}?`)) await act('transfer', { target: name }); } }, `Transfer to ${name}`)),
      el('form', { class: 'actions', onsubmit: async event => { event.preventDefault(); if (words.value.trim() && await act('whisper', { text: words.value })) words.value = ''; } }, words, el('button', {}, 'Tell')),
      ...[...new Set(transfers.map(({ whyNot }) => whyNot).filter(Boolean))].slice(0, 1).map(whyNot => el('p', { class: 'soft', id: 'no-transfer' }, whyNot)));
  }

  document.addEventListener('visibilitychange', load);
  load();
  return {
    keys: { a: () => { if (listener && !listener.elements[0].hidden) listener.switchOver(); }, p: () => playing?.toggle() },
    close() { isClosed = true; clearTimeout(timer); document.removeEventListener('visibilitychange', load); listener?.close(); playing?.close(); },
  };
}

// Sound and actions are where the call is, or was.
function whereabouts(summary, isHere, elsewhere, key) {
  if (summary.endReason || isHere) return [];
  return elsewhere ? [`This call runs in the service ${elsewhere.name}. Listen, act and see its SIP messages `, ...consoleOf(elsewhere, key)]
    : ['This call is just ending, or was left open by a service that is gone: then its record is closed within the hour.'];
}

const consoleOf = (service, key) => service.consoleUrl
  ? [el('a', { href: `${service.consoleUrl}#/call/${encodeURIComponent(key)}` }, `in the console of ${service.name}`), '.']
  : ['in its own console, whose address is not known here (Cluster:ConsoleUrl).'];

function soundOf(summary, elsewhere, key) {
  if (!summary.endReason) return ['The sound is being recorded.'];
  return elsewhere ? [`The service ${elsewhere.name} has the recording: hear it `, ...consoleOf(elsewhere, key)] : ['The sound was recorded; it takes the role Operator to hear it.'];
}

function facts(summary, record) {
  const media = record.media;
  const pairs = [
    ['From', record.callerNumber ?? record.user ?? (record.callerIsWithheld ? 'withheld' : 'unknown')], ['To', summary.dialled], ['Agent', summary.agent], ['Trunk', summary.trunk], ['Began', `${clock(summary.startedAt)} (${zone()})`],
    ['Length', seconds(summary.durationMs)], ['End', summary.endReason ?? 'running'],
    ['Line', media ? `${media.codec ?? ''}, loss ${media.lossPercent.toFixed(1)} %, jitter ${media.jitterMs.toFixed(1)} ms${media.mos ? `, MOS ${media.mos.toFixed(1)}` : ''}` : ''],
    ['Model', record.model], ['Cost', record.usage ? `${record.usage.totalTokens} tokens${record.usage.costUsd ? `, $${record.usage.costUsd.toFixed(4)}` : ''}` : ''], ['Service', summary.instance],
  ];
  return el('dl', { class: 'facts' }, pairs.filter(([, value]) => value).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function said(record, seek) {
  const turns = [
    ...(record.transcript ?? []).map(turn => ({ ...turn, speaker: turn.speaker })),
    ...(record.openCallerWords ? [{ speaker: 'caller', text: `${record.openCallerWords} …` }] : []),
    ...(record.openAgentWords ? [{ speaker: 'agent', text: `${record.openAgentWords} …` }] : []),
  ];
  if (turns.length === 0) return el('p', { class: 'soft' }, 'Nothing so far.');
  return el('ol', { class: 'said' }, turns.map(turn => el('li', { class: turn.speaker === 'agent' ? 'agent' : 'caller', 'data-at': turn.atMs, onclick: () => { if (turn.atMs !== undefined && !String(getSelection())) seek(turn.atMs); } },
    el('span', { class: 'soft number' }, turn.atMs === undefined ? '' : `${seconds(turn.atMs)} `), el('b', {}, turn.speaker === 'agent' ? 'Agent ' : 'Caller '),
    turn.heard ?? turn.text, ...(turn.unheard ? [' ', el('s', { title: 'Not heard by the caller' }, turn.unheard)] : []))));
}

const steps = record => table('Every step', ['Time', 'Kind', 'What'], (record.timeline ?? []).map(entry => [(entry.atMs / 1000).toFixed(1), entry.kind, entry.text]));

const tools = record => table('Tools', ['Time', 'Tool', 'Outcome', 'Took', 'Arguments', 'Result'], record.tools.map(tool => [
  (tool.atMs / 1000).toFixed(1), tool.tool, tool.outcome, tool.durationMs ? `${Math.round(tool.durationMs)} ms` : '', tool.arguments, tool.result]));
