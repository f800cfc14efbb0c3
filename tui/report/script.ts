/**
 * What a reader's hand adds to the page: the values under the pointer, and runs that are hidden and shown. Without it,
 * and on paper, the page says the same. It reads the points that each chart carries: `[place, epoch, [run, height, text]…]`.
 */
export const SCRIPT = `
'use strict';
const tip = document.getElementById('tip');
const hidden = new Set();
for (const button of document.querySelectorAll('button.run')) {
  button.addEventListener('click', () => {
    const run = button.dataset.run;
    if (!hidden.delete(run)) hidden.add(run);
    button.setAttribute('aria-pressed', String(!hidden.has(run)));
    for (const part of document.querySelectorAll('svg [data-run="' + run + '"]')) part.toggleAttribute('hidden', hidden.has(run));
  });
}
for (const chart of document.querySelectorAll('figure[data-points]')) {
  const columns = JSON.parse(chart.dataset.points);
  const svg = chart.querySelector('svg');
  const cursor = svg.querySelector('.cursor');
  if (columns.length === 0) continue;
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const [place, epoch, values] = columns.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
    cursor.setAttribute('x1', place);
    cursor.setAttribute('x2', place);
    cursor.removeAttribute('hidden');
    tip.replaceChildren(line('epoch ' + epoch, null));
    for (const [run, letter, text] of values) if (!hidden.has(String(run))) tip.append(line(text, [letter, run]));
    tip.hidden = false;
    const right = event.clientX + 18 + tip.offsetWidth > innerWidth;
    tip.style.left = (right ? event.clientX - tip.offsetWidth - 14 : event.clientX + 18) + 'px';
    tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + 'px';
  });
  svg.addEventListener('pointerleave', () => {
    tip.hidden = true;
    cursor.setAttribute('hidden', '');
  });
}
function line(text, run) {
  const row = document.createElement('div');
  if (run !== null) {
    const letter = document.createElement('b');
    letter.textContent = run[0];
    letter.style.color = 'var(--run-' + (run[1] % 8) + ')';
    row.append(letter);
  }
  row.append(text);
  return row;
}
for (const row of document.querySelectorAll('[data-trial]')) {
  const same = document.querySelectorAll('.trial[data-trial="' + row.dataset.trial + '"]');
  row.addEventListener('pointerenter', () => same.forEach((part) => part.classList.add('lit')));
  row.addEventListener('pointerleave', () => same.forEach((part) => part.classList.remove('lit')));
}
`;
