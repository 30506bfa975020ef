// The console's own API. Whoever is signed out is told so by the event "signed-out".
const BASE = 'api/';

export async function get(path) {
  return answer(await fetch(BASE + path, { cache: 'no-store' }));
}

export async function post(path, body) {
  return answer(await fetch(BASE + path, {
    method: 'POST',
    headers: { 'X-Console': '1', 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  }), path);
}

async function answer(response, path) {
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({ message: `The service answered ${response.status}.` }));
  if (response.status === 401 && path !== 'sign-in') document.dispatchEvent(new Event('signed-out'));
  throw new Error(problem.message);
}

// Follows the service once a second; the browser comes back by itself when the connection is lost.
export function follow(take, lost) {
  const source = new EventSource(BASE + 'live');
  source.onmessage = event => take(JSON.parse(event.data));
  source.onerror = () => lost(source.readyState === EventSource.CLOSED);
  return () => source.close();
}
