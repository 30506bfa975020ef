// All nodes that share the database, and the calls that run on them; rows stay the same elements, so that focus stays where it is.
import { get } from './api.js';
import { el, columns, keyed, seconds, clock } from './dom.js';

const EVERY = 2000;
const NODES = ['Node', 'State', 'Calls', 'Live sessions held', 'SIP', 'HTTP', 'Version'];
const CALLS = ['Node', 'Call', 'State', 'From', 'To', 'Agent', 'Trunk', 'Began'];

export function cluster(main) {
  const fault = el('p', { class: 'bad', role: 'status', 'aria-live': 'polite' });
  const [nodes, calls] = [columns('Nodes', NODES), columns('Calls of all nodes', CALLS)];
  const sum = el('p', { class: 'soft' });
  const rest = el('p', { class: 'soft', hidden: true });
  const showNodes = keyed(nodes.body, nodeRow);
  const showCalls = keyed(calls.body, callRow);
  let self = '';
  let timer = null;
  let closed = false;

  async function look() {
    clearTimeout(timer);
    try {
      if (!document.hidden) show(await get('cluster'));
    } catch (problem) {
      fault.textContent = `${problem.message} What stands below is older.`;
    }
    if (!closed) timer = setTimeout(look, EVERY);
  }

  function show(view) {
    if (closed) return;
    fault.textContent = view ? '' : 'This service is alone: it shares its database with no other.';
    [nodes.element.hidden, calls.element.hidden] = [!view, !view?.calls.length];
    if (!view) return;
    self = view.self;
    showNodes(view.nodes.map(node => [`${node.name} ${node.sip} ${node.state === 'lost'}`, node]));
    showCalls(view.calls.map(call => [`${call.node} ${call.startedAt} ${call.callId}`, call]));
    const held = view.nodes.some(node => node.sessions !== null) ? `, ${view.nodes.reduce((all, node) => all + (node.sessions ?? 0), 0)} held` : '';
    sum.textContent = `${view.callCount} ${view.callCount === 1 ? 'call' : 'calls'}${view.liveSessions > 0 ? `; ${view.liveSessions} Live sessions for all nodes together${held}` : ''}.`;
    rest.hidden = view.callCount <= view.calls.length && view.calls.length > 0;
    rest.textContent = view.callCount === 0 ? 'No calls at this moment.' : `${view.callCount - view.calls.length} further calls are not shown; the view Calls finds them.`;
  }

  function nodeRow(first) {
    const [cells, element] = nodes.row();
    const [name, state, count, sessions, sip, http, version] = cells;
    const word = el('span', { class: 'state' });
    state.append(word);
    name.append(first.consoleUrl && first.name !== self ? el('a', { href: first.consoleUrl, title: 'The console of this node' }, first.name) : first.name, first.name === self ? el('span', { class: 'soft' }, ' (this one)') : '');
    return {
      element,
      update(node) {
        word.textContent = node.state === 'lost' ? `lost, last heard of ${seconds(node.silentMs)} ago` : node.state;
        word.className = `state ${node.state === 'ready' ? 'good' : node.state === 'lost' || node.state === 'live down' ? 'lost' : ''}`;
        count.textContent = `${node.calls} of ${node.maxCalls}`;
        sessions.textContent = node.sessions === null ? '' : `${node.sessions}`;
        [sip.textContent, http.textContent, version.textContent] = [node.sip, node.http, node.version];
      },
    };
  }

  function callRow(first) {
    const [cells, element] = calls.row();
    const [node, id, state, from, to, agent, trunk, began] = cells;
    node.append(first.node);
    id.append(el('a', { href: `#/call/${encodeURIComponent(`${first.startedAt}_${first.callId}`)}`, 'data-row': true }, first.callId));
    trunk.append(first.trunk);
    began.append(clock(first.startedAt));
    return {
      element,
      update(call) { [state.textContent, from.textContent, to.textContent, agent.textContent] = [call.state, call.caller || 'unknown', call.dialled, call.agent]; },
    };
  }

  main.append(el('h2', {}, 'Nodes'), fault, nodes.element, sum, el('h2', {}, 'Running calls'), calls.element, rest);
  document.addEventListener('visibilitychange', look);
  look();
  return { close() { closed = true; clearTimeout(timer); document.removeEventListener('visibilitychange', look); } };
}
