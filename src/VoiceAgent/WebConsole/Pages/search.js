// Past and running calls of all services that share the database.
import { get } from './api.js';
import { el, table, clock, seconds, notice } from './dom.js';

const FIELDS = [
  ['text', 'Words that were said', { type: 'search' }], ['number', 'Number', { inputmode: 'tel' }], ['agent', 'Agent', {}], ['trunk', 'Trunk', {}],
  ['from', 'From', { type: 'date' }], ['to', 'Before', { type: 'date' }],
  ['silence', 'Silence from, s', { type: 'number', min: 0, max: 86400, step: 'any' }],
];
const RUNNING = 'running';
const REASONS = [
  'CallerHungUp', 'AgentHungUp', 'Transferred', 'CallerSilent', 'DurationLimit', 'LiveLost', 'LiveSetupFailed', 'ModelSilent', 'Busy', 'NoAnswer',
  'Declined', 'NotReachable', 'GivenUp', 'Cancelled', 'Unavailable', 'NoAgent', 'NoCommonCodec', 'RingingNotConfirmed', 'NotAcknowledged',
  'TransportFailed', 'SessionLost', 'MediaFailed', 'ServiceStopping', 'ServiceKilled', 'InternalError',
];

export function search(main) {
  const inputs = FIELDS.map(([name, label, attributes]) => [name, label, el('input', { id: name, name, autocomplete: 'off', ...attributes })]);
  const reason = el('select', { id: 'reason', name: 'reason' }, el('option', { value: '' }, 'any'), el('option', { value: RUNNING }, 'still running'), REASONS.map(name => el('option', { value: name }, name)));
  const found = el('div', { 'aria-live': 'polite' });
  const next = el('button', { type: 'button', hidden: true }, 'Further calls');
  let shown = [];
  let after = null;

  async function load(isFurther) {
    const query = new URLSearchParams();
    // Days are the reader's, as the times in the list are.
    for (const [name, , input] of inputs)
      if (input.value) query.set(name, input.type === 'date' ? new Date(`${input.value}T00:00`).toISOString() : input.value);
    if (reason.value === RUNNING) query.set('running', 'true');
    else if (reason.value) query.set('reason', reason.value);
    if (isFurther) query.set('after', after);
    try {
      const page = await get(`calls?${query}`);
      shown = isFurther ? [...shown, ...page.calls] : page.calls;
      after = page.next;
      next.hidden = !after;
      found.replaceChildren(shown.length === 0 ? el('p', { class: 'soft' }, 'No calls.') : list());
    } catch (problem) {
      notice(problem.message);
    }
  }

  const list = () => table('Calls found', ['Began', 'Call', 'From', 'To', 'Agent', 'Trunk', 'Length', 'End', 'MOS'], shown.map(call => [
    clock(call.startedAt), el('a', { href: `#/call/${encodeURIComponent(call.key)}`, 'data-row': true }, call.callId), call.caller || 'unknown', call.dialled, call.agent, call.trunk,
    seconds(call.durationMs), call.endReason ?? 'running', call.mos?.toFixed(1) ?? '',
  ]));

  main.append(el('h2', {}, 'Calls'),
    el('form', { class: 'search', role: 'search', onsubmit: event => { event.preventDefault(); load(false); } },
      inputs.map(([, label, input]) => el('label', {}, label, input)), el('label', {}, 'End', reason), el('button', { class: 'main' }, 'Search')),
    found, el('div', { class: 'actions' }, next));
  next.addEventListener('click', () => load(true));
  load(false);
  return {};
}
