// Elements by function calls: text is always text, never markup, so that what a caller says cannot become a page.
const SVG = 'http://www.w3.org/2000/svg';

export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

export function seconds(ms) {
  if (ms === null || ms === undefined) return '';
  const all = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = n => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function clock(moment) {
  const date = new Date(moment);
  const two = n => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

// Where the reader is, as the service itself speaks of UTC.
export const zone = () => {
  const minutes = -new Date().getTimezoneOffset();
  const two = n => String(n).padStart(2, '0');
  return minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '-' : '+'}${Math.floor(Math.abs(minutes) / 60)}${minutes % 60 ? `:${two(Math.abs(minutes) % 60)}` : ''}`;
};

// A table that becomes a list of cards on a narrow screen: each cell has its heading with it.
export function table(caption, headings, rows) {
  return el('table', { 'aria-label': caption },
    el('thead', {}, el('tr', {}, headings.map(heading => el('th', { scope: 'col' }, heading)))),
    el('tbody', {}, rows.map(cells => el('tr', {}, cells.map((cell, i) => el('td', { 'data-label': headings[i] }, ...(Array.isArray(cell) ? cell : [cell ?? '']))))) ));
}

// The same, for rows that are filled one by one.
export function columns(caption, headings) {
  const body = el('tbody');
  const element = el('table', { 'aria-label': caption }, el('thead', {}, el('tr', {}, headings.map(heading => el('th', { scope: 'col' }, heading)))), body);
  const row = (attributes = {}) => {
    const cells = headings.map(heading => el('td', { 'data-label': heading }));
    return [cells, el('tr', attributes, cells)];
  };
  return { element, body, row };
}

// Shows [key, item] pairs as what `make` makes of an item the first time: { element, update(item) }. Elements stay while their key is there, so that focus and selection do.
export function keyed(body, make) {
  const rows = new Map();
  return pairs => {
    const present = new Set(pairs.map(([key]) => key));
    for (const [key, row] of rows) {
      if (present.has(key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    pairs.forEach(([key, item], place) => {
      if (!rows.has(key)) rows.set(key, make(item));
      const row = rows.get(key);
      row.update(item);
      if (body.children[place] !== row.element) body.insertBefore(row.element, body.children[place] ?? null);
    });
  };
}

export function confirmed(question) {
  const dialog = document.getElementById('confirm');
  document.getElementById('confirm-text').textContent = question;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

let hiding;
export function notice(text) {
  const line = document.getElementById('notice');
  line.textContent = text;
  line.hidden = !text;
  clearTimeout(hiding);
  if (text) hiding = setTimeout(() => { line.hidden = true; }, 8000);
}
