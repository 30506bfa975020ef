// Signing in, the views and the keys.
import { get, post, follow } from './api.js';
import { el, notice } from './dom.js';
import { live } from './live.js';
import { search } from './search.js';
import { call } from './call.js';
import { system } from './system.js';
import { talk } from './talk.js';
import { cluster } from './cluster.js';

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const service = document.getElementById('service');
const signOut = document.getElementById('sign-out');
const help = document.getElementById('help');

// What all views share: who is signed in, and the service as it was seen last.
const app = { me: null, state: null, isOperator: () => app.me && app.me.role !== 'Viewer', touch };
const SELDOM_MS = 5000;   // where there is no place among those who are told each second
let view = null;
let stop = null;
let again = null;

function route() {
  if (!app.me) return;
  const [path, argument] = location.hash.replace(/^#\/?/, '').split('?')[0].split('/');
  const name = path === 'call' ? 'call' : path === 'calls' ? 'calls' : path === 'system' || path === 'cluster' ? path : path === 'talk' && app.isOperator() ? 'talk' : 'live';
  view?.close?.();
  main.replaceChildren();
  for (const link of nav.querySelectorAll('a')) {
    if (link.dataset.view === (name === 'call' ? 'calls' : name)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  view = { live, calls: search, call, system, cluster, talk }[name](main, app, decoded(argument ?? ''));
  if (app.state) view.update?.(app.state);
  main.focus({ preventScroll: true });
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function take(state) {
  app.state = state;
  const text = `${state.state}, ${state.callCount} ${state.callCount === 1 ? 'call' : 'calls'}`;
  if (service.textContent !== text) service.textContent = text;
  service.classList.toggle('good', state.state === 'ready');
  main.classList.remove('stale');
  main.removeAttribute('title');
  view?.update?.(state);
}

// What stands there is old: that is seen also where the head of the page is not.
function lose() {
  service.textContent = 'not connected';
  service.classList.remove('good');
  main.classList.add('stale');
  main.title = 'The service is not reached; what stands here is older.';
}

// A window that is not looked at lets go: browsers have six connections to a service for all their windows, and there are so many places to look on from.
function connect() {
  stop?.();
  clearTimeout(again);
  if (document.hidden) return;
  stop = follow(take, async isOver => {
    lose();
    if (!isOver) return;
    // Refused for good: signed out, or too many look on.
    stop?.();
    const seen = await get('state').catch(() => null);   // tells "signed-out" as well
    if (!app.me) return;
    if (seen) take(seen);
    again = setTimeout(connect, SELDOM_MS);
  });
}

function enter(me) {
  app.me = me;
  nav.hidden = signOut.hidden = false;
  nav.querySelector('[data-view=talk]').hidden = !app.isOperator();
  get('cluster').then(view => { nav.querySelector('[data-view=cluster]').hidden = !view; }).catch(() => {});   // where there are other nodes
  signOut.textContent = `Sign out ${me.user}`;
  connect();
  route();
}

function leave() {
  stop?.();
  clearTimeout(again);
  view?.close?.();
  view = app.me = app.state = null;
  nav.hidden = signOut.hidden = true;
  service.textContent = '';
  main.classList.remove('stale');
  main.removeAttribute('title');
  askToSignIn();
}

async function askToSignIn() {
  const me = await get('me').catch(() => ({ hasUsers: true }));
  const user = el('input', { name: 'user', autocomplete: 'username', required: true, id: 'user' });
  const password = el('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true, id: 'password' });
  const token = el('input', { name: 'token', autocomplete: 'off', required: true, id: 'token' });
  const fault = el('p', { class: 'bad', role: 'alert' });
  const submit = async event => {
    event.preventDefault();
    fault.textContent = '';
    try {
      enter(await post('sign-in', me.hasUsers ? { user: user.value, password: password.value } : { token: token.value.replace(/^.*#token=/, '') }));
    } catch (problem) {
      fault.textContent = problem.message;
    }
  };
  main.replaceChildren(el('form', { class: 'card', onsubmit: submit },
    el('h2', {}, 'Sign in'),
    ...(me.hasUsers
      ? [el('label', {}, 'User', user), el('label', {}, 'Password', password)]
      : [el('p', { class: 'soft' }, 'Open the link that the service has printed, or paste it here. Each works once.'), el('label', {}, 'Link or token', token)]),
    fault, el('button', { class: 'main' }, 'Sign in')));
  (me.hasUsers ? user : token).focus();
}

async function start() {
  const given = /^#token=(.+)$/.exec(location.hash);
  if (given) {
    history.replaceState(null, '', location.pathname);
    const me = await post('sign-in', { token: given[1] }).catch(problem => notice(problem.message));
    if (me) return enter(me);
  }
  const me = await get('me').catch(() => null);
  return me?.user ? enter(me) : askToSignIn();
}

// Light, dark, or as the system has it.
function theme(next) {
  if (next) localStorage.setItem('theme', next);
  const wanted = localStorage.getItem('theme');
  if (wanted) document.documentElement.dataset.theme = wanted;
}

function switchTheme() {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  theme(isDark ? 'light' : 'dark');
}

let prefix = '';
function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, select, textarea, dialog')) return;
  if (event.repeat && !'jk'.includes(event.key)) return;
  const rows = [...main.querySelectorAll('tbody a[data-row]')];
  const at = rows.indexOf(document.activeElement);
  const typed = prefix + event.key;
  prefix = event.key === 'g' && !prefix ? 'g' : '';
  const acts = {
    gl: () => { location.hash = '#/'; },
    gc: () => { location.hash = '#/calls'; },
    gs: () => { location.hash = '#/system'; },
    gn: () => { location.hash = '#/cluster'; },
    gt: () => { if (app.isOperator()) location.hash = '#/talk'; },
    '/': () => { const field = main.querySelector('#text'); if (field) field.focus(); else location.hash = '#/calls'; },
    j: () => rows[Math.min(at + 1, rows.length - 1)]?.focus(),
    k: () => rows[Math.max(at - 1, 0)]?.focus(),
    t: switchTheme,
    '?': () => help.showModal(),
  };
  const act = acts[typed] ?? view?.keys?.[typed];
  if (act) {
    event.preventDefault();
    act();
  }
}

// Somebody who works with the page stays signed in, also where the page asks nothing.
let touched = Date.now();
function touch() {
  if (!app.me || Date.now() - touched < 60_000) return;
  touched = Date.now();
  get('me').catch(() => {});
}

document.getElementById('theme').addEventListener('click', switchTheme);
document.getElementById('help-button').addEventListener('click', () => help.showModal());
document.getElementById('skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
signOut.addEventListener('click', async () => { await post('sign-out').catch(() => {}); leave(); });
document.addEventListener('signed-out', () => { if (app.me) { notice('You were signed out.'); leave(); } });
document.addEventListener('visibilitychange', () => { if (app.me) connect(); });
document.addEventListener('keydown', key);
document.addEventListener('keydown', touch);
document.addEventListener('pointerdown', touch);
addEventListener('hashchange', route);
theme();
start();
