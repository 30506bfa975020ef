// All nodes that share the database, and the calls that run on them.
import { get } from './api.js';
import { el, table, clock } from './dom.js';

const EVERY = 2000;

export function cluster(main) {
  const fault = el('p', { class: 'bad', role: 'status' });
  const nodes = el('div');
  const calls = el('div');
  let shown = '';
  let timer = null;
  let closed = false;

  async function look() {
    try {
      const view = await get('cluster');
      if (closed) return;
      fault.textContent = view ? '' : 'This service is alone: it shares its database with no other.';
      if (view) show(view);
    } catch (problem) {
      fault.textContent = problem.message;
    }
    if (!closed) timer = setTimeout(look, EVERY);
  }

  function show(view) {
    const now = JSON.stringify(view, (name, value) => (name === 'silentMs' ? undefined : value));
    if (now === shown) return;
    shown = now;
    nodes.replaceChildren(table('Nodes', ['Node', 'State', 'Calls', 'Places', 'Live sessions held', 'SIP', 'HTTP', 'Version'], view.nodes.map(node => [
      node.name + (node.name === view.self ? ' (this one)' : ''), node.state, `${node.calls}`, `${node.maxCalls}`, node.sessions === null ? '' : `${node.sessions}`, node.sip, node.http, node.version])),
    el('p', { class: 'soft' }, `${view.callCount} calls${view.liveSessions > 0 ? ` of ${view.liveSessions} Live sessions` : ''}.`));
    calls.replaceChildren(view.calls.length === 0 ? el('p', { class: 'soft' }, 'No calls.') : table('Calls of all nodes', ['Node', 'Began', 'Call', 'State', 'From', 'To', 'Agent', 'Trunk'],
      view.calls.map(call => [call.node, clock(call.startedAt), call.callId, call.state, call.caller || 'unknown', call.dialled, call.agent, call.trunk])));
  }

  main.append(el('h2', {}, 'Nodes'), fault, nodes, el('h2', {}, 'Running calls'), calls);
  look();
  return { close() { closed = true; clearTimeout(timer); } };
}
