import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { render } from 'ink';
import { createElement } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScreenMode } from '../../../tui/keys.ts';
import { RunApp } from '../../../tui/screens/run-app.tsx';
import { createRunStore } from '../../../tui/screens/run-store.ts';
import { sampleRun } from '../sample-run.ts';

/** A terminal's output side: Ink's own testing library knows neither its rows nor a change of size. */
class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  columns = 100;
  rows = 30;
  last = '';
  write(text: string): boolean {
    if (text.trim() !== '') this.last = text;
    return true;
  }
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** And its input side. */
class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

let unmount = () => {};
afterEach(() => unmount());

async function open(mode: ScreenMode) {
  const stdout = new FakeStdout();
  const stdin = new FakeStdin();
  const store = createRunStore();
  const onStop = vi.fn();
  const app = createElement(RunApp, {
    store,
    plan: null,
    mode,
    look: { color: false, unicode: true },
    tracking: () => null,
    onStop,
    now: () => 0,
  });
  const instance = render(app, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  unmount = instance.unmount;
  let left = false;
  void instance.waitUntilExit().then(() => {
    left = true;
  });
  // Keys count from the moment on that the screen has asked for them.
  await vi.waitFor(() => expect(stdin.isRaw).toBe(true));
  const press = async (key: string) => {
    stdin.write(key);
    // Ink waits a moment after an escape; a loaded machine waits longer.
    await sleep(100);
  };
  return { stdout, stdin, store, onStop, press, hasLeft: () => left };
}

describe('the screen in a terminal', () => {
  it('draws again when events come', async () => {
    const { stdout, store } = await open('run');
    expect(stdout.last).toContain('starting');
    for (const event of sampleRun()) store.apply(event);
    await vi.waitFor(() => expect(stdout.last).toContain('epoch 10 / 20'));
  });

  it('follows the size of the terminal', async () => {
    const { stdout, store } = await open('run');
    for (const event of sampleRun()) store.apply(event);
    stdout.resize(50, 12);
    await vi.waitFor(() => {
      const lines = stdout.last.split('\n');
      expect(lines.length).toBeLessThanOrEqual(11);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
    });
  });

  it('asks once for a stop on q, and again on each Ctrl-C', async () => {
    const { onStop, press, stdout } = await open('run');
    await press('q');
    await press('q');
    expect(onStop).toHaveBeenCalledTimes(1);
    expect(stdout.last).toContain('stopping after this step');
    await press('\u0003');
    expect(onStop).toHaveBeenCalledTimes(2);
  });

  it('turns to help and log, and back', async () => {
    const { press, stdout } = await open('run');
    await press('?');
    expect(stdout.last).toContain('exp resume');
    await press('l');
    expect(stdout.last).not.toContain('exp resume');
    await press('l');
    expect(stdout.last).toContain('estimating');
  });

  it('leaves a watched run alone on q and on Ctrl-C', async () => {
    for (const key of ['q', '\u0003']) {
      const { press, onStop, hasLeft, stdin } = await open('watch');
      expect(stdin.isRaw).toBe(true);
      await press(key);
      await vi.waitFor(() => expect(hasLeft()).toBe(true));
      expect(onStop).not.toHaveBeenCalled();
      expect(stdin.isRaw).toBe(false);
    }
  });
});
