// The calls that run now, with their meters; the row of a call stays the same element, so that focus stays where it is.
import { post } from './api.js';
import { el, columns, keyed, seconds, clock, confirmed, notice } from './dom.js';

const LOWEST = -60;   // dBov; a quiet line

const by = stops => `stopped ${stops.map(stop => `by ${stop.by} at ${clock(stop.since)}`).join(', ')}`;
const say = (line, text) => { if (line.textContent !== text) line.textContent = text; };   // screen readers tell what changes

export function live(main, app) {
  const tiles = el('div', { class: 'tiles' });
  const intake = el('button', { type: 'button', hidden: !app.isOperator() });
  const complaints = el('ul', { class: 'bad' });
  const empty = el('p', { class: 'soft' }, 'No calls at this moment.');
  const more = el('p', { class: 'soft', hidden: true });
  const headings = ['Call', 'State', 'From', 'To', 'Agent', 'Trunk', 'Time', 'Caller', 'Agent heard', 'Line'];
  const list = columns('Running calls', headings);
  const showCalls = keyed(list.body, row);
  const stopped = el('p', { class: 'warn', role: 'status', hidden: true });
  intake.addEventListener('click', async () => {
    const { isDraining, stops = [] } = app.state ?? {};
    // Nobody takes calls again unaware of who wanted none: unasked one's own stop is taken back only.
    const others = stops.filter(stop => stop.by !== app.me.user);
    const question = !isDraining ? 'Take no further calls? Running ones go on.' : others.length > 0 ? `The intake was ${by(others)}. Take calls again all the same?` : null;
    if (question && !await confirmed(question)) return;
    await post(isDraining ? 'resume' : 'drain', isDraining ? { evenOthers: others.length > 0 } : {}).catch(problem => notice(problem.message));
  });
  main.append(el('h2', {}, 'Live'), tiles, complaints, stopped, el('div', { class: 'actions' }, intake), list.element, empty, more);

  function row(call) {
    const [cells, element] = list.row({ 'data-call': call.callId });
    const [id, state, from, to, agent, trunk, time, caller, heard, line] = cells;
    const meter = label => el('meter', { min: LOWEST, max: 0, low: -45, 'aria-label': label });
    const [callerMeter, agentMeter] = [meter(`Level of the caller, call ${call.callId}`), meter(`Level of the agent, call ${call.callId}`)];
    id.append(el('a', { href: `#/call/${encodeURIComponent(call.key)}`, 'data-row': true }, call.callId));
    from.append(call.caller ?? 'unknown');
    to.append(call.dialled);
    agent.append(call.agent);
    trunk.append(call.trunk ?? '');
    caller.append(callerMeter);
    heard.append(agentMeter);
    time.className = line.className = 'number';
    return {
      element,
      update(now) {
        state.textContent = now.state;
        time.textContent = seconds(Date.now() - new Date(now.startedAt));
        callerMeter.value = now.line.callerDbov;
        agentMeter.value = now.line.agentDbov;
        const quality = now.line.quality;
        line.textContent = quality
          ? `${quality.codec ?? ''} ${quality.mos ? `MOS ${quality.mos.toFixed(1)}` : ''} loss ${quality.lossPercent.toFixed(1)} % jitter ${quality.jitterMs.toFixed(0)} ms` : '';
      },
    };
  }

  return {
    update(state) {
      tiles.replaceChildren(...[
        ['Running now', state.callCount], ['Ended today', state.today.calls], ['Answered', state.today.answered], ['Minutes', state.today.minutes.toFixed(1)],
        ['Tokens', state.today.tokens.toLocaleString('en')], ['Cost', state.today.costUsd === null ? '–' : `$${state.today.costUsd.toFixed(2)}`],
      ].map(([name, value]) => el('div', { class: 'tile' }, el('span', { class: 'soft' }, name), el('b', {}, String(value)))));
      complaints.replaceChildren(...state.complaints.map(text => el('li', {}, text)));
      intake.textContent = state.isDraining ? 'Take calls again' : 'Take no further calls';
      intake.disabled = state.isDraining && state.stops.length === 0;
      stopped.hidden = !state.isDraining;
      say(stopped, state.stops.length > 0 ? `No further calls are taken: ${by(state.stops)}.` : 'No further calls are taken: the service stops.');
      showCalls(state.calls.map(call => [call.key, call]));
      list.element.hidden = state.calls.length === 0;
      empty.hidden = state.calls.length > 0;
      more.hidden = state.callCount <= state.calls.length;
      more.textContent = `${state.callCount - state.calls.length} further calls are not shown.`;
    },
  };
}
