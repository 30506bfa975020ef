// Trunks, registrations, health.
import { el, table, clock } from './dom.js';

export function system(main) {
  const health = el('div');
  const trunks = el('div');
  let shown = '';
  main.append(el('h2', {}, 'Health'), health, el('h2', {}, 'Trunks'), trunks);
  return {
    update(state) {
      const now = JSON.stringify([state.state, state.complaints, state.trunks, state.phoneCount]);
      if (now === shown) return;
      shown = now;
      health.replaceChildren(
        el('p', {}, 'The service is ', el('b', {}, state.state), `; ${state.phoneCount} phones are registered here.`),
        state.complaints.length ? el('ul', { class: 'bad' }, state.complaints.map(text => el('li', {}, text))) : el('p', { class: 'soft' }, 'No part is ill.'));
      trunks.replaceChildren(state.trunks.length === 0 ? el('p', { class: 'soft' }, 'No trunk has a server.')
        : table('Trunks', ['Name', 'State', 'Since', 'Server', 'Last answer', 'Registered until'], state.trunks.map(trunk => [
          trunk.name, trunk.state, clock(trunk.since), trunk.server ?? '', trunk.lastAnswer ?? '', trunk.registers ? (trunk.registeredUntil ? clock(trunk.registeredUntil) : 'not') : 'does not register'])));
    },
  };
}
