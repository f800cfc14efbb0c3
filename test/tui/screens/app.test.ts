import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScreenMode } from '../../../tui/keys.ts';
import { type LiveScreen, openApp } from '../../../tui/screens/app.ts';
import { finishedRun, sampleRun } from '../sample-run.ts';
import { FakeStdin, FakeStdout } from './fake-terminal.ts';
import { shownRun } from './frame.ts';
import { sampleMatrix } from './sample-matrix.ts';
import { samplePreview, shelf } from './sample-previews.ts';

let opened: LiveScreen | null = null;
afterEach(() => opened?.close());

const ENTERED = '\u001b[?1049h';
const LEFT = '\u001b[?1049l';
const CURSOR = '\u001b[?25h';

function open(mode: ScreenMode, { matrix = false, finished = false, color = false } = {}) {
  const [stdout, stdin] = [new FakeStdout(), new FakeStdin()];
  const run = { ...shownRun([], { previews: shelf(samplePreview('sub-04'), samplePreview('sub-07')) }), ask: vi.fn() };
  if (finished) for (const event of finishedRun()) run.store.apply(event);
  const told = { onStop: vi.fn(), onKill: vi.fn(), onDetach: vi.fn() };
  const screen = openApp({
    ...told,
    run: matrix ? null : run,
    matrix: matrix ? sampleMatrix() : null,
    mode,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream & { fd: 0 },
    terminal: { interactive: true, color, unicode: true },
    environment: { COLORTERM: 'truecolor' },
    now: () => sampleRun().at(-1)?.time ?? 0,
  });
  opened = screen;
  let left = false;
  void screen.closed.then(() => {
    left = true;
  });
  const press = (...keys: readonly string[]) => {
    for (const key of keys) stdin.emit('data', Buffer.from(key));
  };
  return { stdout, stdin, run, press, screen, ...told, hasLeft: () => left };
}

const [ARROW_UP, ARROW_RIGHT, ENTER, ESCAPE, CTRL_C] = ['\u001b[A', '\u001b[C', '\r', '\u001b', '\u0003'];

describe('the screen in a terminal', () => {
  it('draws again when events come', async () => {
    const { stdout, run } = open('run');
    expect(stdout.screen).toContain('starting');
    for (const event of sampleRun()) run.store.apply(event);
    await vi.waitFor(() => expect(stdout.screen).toContain('epoch 10 / 20'));
  });

  it('writes only the lines that changed', () => {
    const { stdout, press } = open('run');
    stdout.written = '';
    press('c');
    expect(stdout.written.match(/;1H/g)).toHaveLength(1);
    stdout.written = '';
    press('0');
    expect(stdout.written).toBe('');
  });

  it('follows the size of the terminal', () => {
    const { stdout, run } = open('run');
    for (const event of sampleRun()) run.store.apply(event);
    stdout.resize(50, 12);
    const lines = stdout.screen.split('\n');
    expect(lines.length).toBeLessThanOrEqual(11);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  it('takes the terminal and gives it back: screen, cursor, wrapping, keys', async () => {
    const { stdout, stdin, screen, hasLeft } = open('run');
    expect([stdout.written.startsWith(ENTERED), stdin.isRaw]).toEqual([true, true]);
    const { close } = screen;
    close();
    close();
    await vi.waitFor(() => expect(hasLeft()).toBe(true));
    expect(stdin.isRaw).toBe(false);
    expect(stdout.written.split(LEFT)).toHaveLength(2);
    expect(stdout.written).toContain(CURSOR);
    expect(stdout.written).toContain('\u001b[?7h');
    // Never what wipes the scrollback.
    expect(stdout.written).not.toContain('\u001b[3J');
  });
});

describe('keys', () => {
  it('ask once for a stop on q, and again on each Ctrl-C', () => {
    const { onStop, press, stdout } = open('run');
    press('q', 'q');
    expect(onStop).toHaveBeenCalledTimes(1);
    expect(stdout.screen).toContain('stopping after this step');
    press(CTRL_C);
    expect(onStop).toHaveBeenCalledTimes(2);
  });

  it('end the run at once, or leave it to itself', () => {
    const { onKill, onDetach, press, hasLeft, screen } = open('run');
    press('Q');
    expect(onKill).toHaveBeenCalledTimes(1);
    press('d');
    expect(onDetach).toHaveBeenCalledTimes(1);
    return screen.closed.then(() => expect(hasLeft()).toBe(true));
  });

  it('turn to every page and back', () => {
    const { press, stdout } = open('run');
    for (const [key, text] of [
      ['2', '[2 curves]'],
      ['3', 'sub-04'],
      ['4', 'no plan here'],
      ['5', '[5 log]'],
      ['?', 'Everywhere'],
      ['?', '[5 log]'],
      [ESCAPE, '[1 overview]'],
      ['\t', '[2 curves]'],
      ['\u001b[Z', '[1 overview]'],
    ] as const) {
      press(key);
      expect(stdout.screen).toContain(text);
    }
  });

  it('ask the trainer, and say so', () => {
    const { press, run, stdout } = open('watch');
    press('c', 'v', 'p', 'x');
    expect(run.ask.mock.calls.flat()).toEqual(['checkpoint', 'validate', 'pause', 'stop']);
    expect(stdout.screen).toContain('the trainer stops after this step');
    run.store.apply({ type: 'paused', step: 3, sequence: 0, time: 0 });
    press('p');
    expect(run.ask).toHaveBeenLastCalledWith('continue');
  });

  it('ask nothing of a run that has ended', () => {
    const { press, run, stdout } = open('watch', { finished: true });
    press('v');
    expect(run.ask).not.toHaveBeenCalled();
    expect(stdout.screen).toContain('the run has ended');
  });

  it('step through cases, slices and planes', () => {
    const { press, stdout } = open('run');
    press('3');
    expect(stdout.screen).toMatch(/sub-04 {2}case 1 of 2[\s\S]*axial 10 \/ 20/);
    press(ARROW_UP, ARROW_UP);
    expect(stdout.screen).toContain('axial 12 / 20');
    press(...Array.from({ length: 30 }, () => ARROW_UP), 'j');
    expect(stdout.screen).toContain('axial 19 / 20');
    press(ARROW_RIGHT, 'o', 'o');
    expect(stdout.screen).toMatch(/sub-07 {2}case 2 of 2[\s\S]*coronal 24 \/ 48/);
    press('m');
    expect(stdout.screen).toContain('neurological');
  });

  it('filter the log by what is typed, q included', () => {
    const { press, run, stdout, onStop } = open('run');
    for (const event of sampleRun()) run.store.apply(event);
    press('5', '/', 'q', '\u007f', 'best', ENTER);
    expect(stdout.screen).toMatch(/^\/best /m);
    expect(onStop).not.toHaveBeenCalled();
    press(ESCAPE);
    expect(stdout.screen).not.toMatch(/^\/best /m);
  });

  it('filter each page by its own text', () => {
    const { press, stdout } = open('run');
    press('5', '/', 'best', ENTER, '4', '5');
    expect(stdout.screen).toMatch(/^\/best /m);
    press('1', '/', '2');
    expect(stdout.screen).toContain('[2 curves]');
  });

  it('leave a watched run alone on q and on Ctrl-C', async () => {
    for (const key of ['q', CTRL_C]) {
      const { press, onStop, hasLeft, stdin } = open('watch');
      press(key);
      await vi.waitFor(() => expect(hasLeft()).toBe(true));
      expect(onStop).not.toHaveBeenCalled();
      expect(stdin.isRaw).toBe(false);
    }
  });
});

describe('pictures', () => {
  const [CELL, SIXEL] = ['\u001b[6;18;9t', '\u001b[?63;1;2;4;6;22c'];

  it('stand on the page of slices once the terminal has said that it has sixel, and half blocks before', () => {
    const { press, stdout } = open('run', { color: true });
    press('3');
    expect(stdout.screen).toContain('▀');
    press(`${CELL}${SIXEL}`);
    expect(stdout.screen).not.toContain('▀');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
    expect(stdout.written.match(/\u001bP0;1;0q"1;1;\d+;\d+#/g)).toHaveLength(3);
    stdout.written = '';
    press('1');
    expect(stdout.written).toContain('\u001b[2K');
    expect(stdout.written).not.toContain('\u001bP');
  });

  it('are not asked for where there is no colour, and answers are no keys', () => {
    const { press, stdout } = open('run');
    expect(stdout.written).not.toContain('\u001b[c');
    const before = stdout.screen;
    press(`${CELL}${SIXEL}`);
    expect(stdout.screen).toBe(before);
  });
});

describe('the screen of a sweep', () => {
  it('begins with all runs, opens one, and comes back', () => {
    const { press, stdout } = open('watch', { matrix: true });
    expect(stdout.screen).toContain('organ-sweep');
    press('j', ENTER);
    expect(stdout.screen).toContain('[1 overview]');
    expect(stdout.screen).toContain('run 1 of 8');
    press(ESCAPE);
    expect(stdout.screen).toContain('[6 sweep]');
  });

  it('does not open a run that waits, nor leave the others to themselves', () => {
    const { press, stdout, onDetach } = open('run', { matrix: true });
    press('G', ENTER);
    expect(stdout.screen).toContain('has not started yet');
    press('d');
    expect(onDetach).not.toHaveBeenCalled();
  });
});
