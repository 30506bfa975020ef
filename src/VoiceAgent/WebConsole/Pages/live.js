// The calls that run now, with their meters; the row of a call stays the same element, so that focus stays where it is.
import { post } from './api.js';
import { el, seconds, confirmed, notice } from './dom.js';

const LOWEST = -60;   // dBov; a quiet line

export function live(main, app) {
  const tiles = el('div', { class: 'tiles' });
  const intake = el('button', { type: 'button', hidden: !app.isOperator() });
  const complaints = el('ul', { class: 'bad' });
  const body = el('tbody');
  const empty = el('p', { class: 'soft' }, 'No calls at this moment.');
  const more = el('p', { class: 'soft', hidden: true });
  const headings = ['Call', 'State', 'From', 'To', 'Agent', 'Trunk', 'Time', 'Caller', 'Agent heard', 'Line'];
  const list = el('table', { 'aria-label': 'Running calls' }, el('thead', {}, el('tr', {}, headings.map(heading => el('th', { scope: 'col' }, heading)))), body);
  const rows = new Map();
  intake.addEventListener('click', async () => {
    const isDraining = app.state?.isDraining;
    if (!isDraining && !await confirmed('Take no further calls? Running ones go on.')) return;
    await post(isDraining ? 'resume' : 'drain').catch(problem => notice(problem.message));
  });
  main.append(el('h2', {}, 'Live'), tiles, complaints, el('div', { class: 'actions' }, intake), list, empty, more);

  function row(call) {
    const cells = headings.map(heading => el('td', { 'data-label': heading }));
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
    const element = el('tr', { 'data-call': call.callId }, cells);
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
        ['Calls', state.callCount], ['Today', state.today.calls], ['Answered', state.today.answered], ['Minutes', state.today.minutes.toFixed(1)],
        ['Tokens', state.today.tokens.toLocaleString('en')], ['Cost', state.today.costUsd === null ? '–' : `$${state.today.costUsd.toFixed(2)}`],
      ].map(([name, value]) => el('div', { class: 'tile' }, el('span', { class: 'soft' }, name), el('b', {}, String(value)))));
      complaints.replaceChildren(...state.complaints.map(text => el('li', {}, text)));
      intake.textContent = state.isDraining ? 'Take calls again' : 'Take no further calls';
      const present = new Set(state.calls.map(call => call.key));
      for (const [key, old] of rows) {
        if (!present.has(key)) {
          old.element.remove();
          rows.delete(key);
        }
      }
      for (const call of state.calls) {
        if (!rows.has(call.key)) {
          rows.set(call.key, row(call));
          body.append(rows.get(call.key).element);
        }
        rows.get(call.key).update(call);
      }
      list.hidden = state.calls.length === 0;
      empty.hidden = state.calls.length > 0;
      more.hidden = state.callCount <= state.calls.length;
      more.textContent = `${state.callCount - state.calls.length} further calls are not shown.`;
    },
  };
}
