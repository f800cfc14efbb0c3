import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { referencePython } from '../../helpers/python.ts';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A tmux server of a test's own: real terminals, without a person. */
export class Terminals {
  readonly #socket: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'voxel-exp-tmux-'));
  #count = 0;

  constructor() {
    this.#socket = join(this.#folder, 'socket');
  }

  tmux(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** A shell in a terminal of this size. */
  open(columns: number, rows: number, cwd: string, env: Readonly<Record<string, string>>): Pane {
    const name = `pane${this.#count++}`;
    // A server of continuous integration sets CI, which turns the screen off: a person's terminal has none.
    const variables = Object.entries({ CI: '', ...env }).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    const size = ['-x', String(columns), '-y', String(rows)];
    this.tmux('new-session', '-d', '-s', name, ...size, '-c', cwd, ...variables, 'bash --norc --noprofile');
    return new Pane(this, name);
  }

  close(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const PATIENCE = { timeout: 180_000, interval: 100 };

export class Pane {
  readonly #terminals: Terminals;
  readonly #name: string;

  constructor(terminals: Terminals, name: string) {
    this.#terminals = terminals;
    this.#name = name;
  }

  /** Keys under tmux's names. */
  press(...keys: readonly string[]): void {
    this.#terminals.tmux('send-keys', '-t', this.#name, ...keys);
  }

  type(line: string): void {
    this.#terminals.tmux('send-keys', '-t', this.#name, '-l', line);
    this.press('Enter');
  }

  screen(): string {
    return this.#terminals.tmux('capture-pane', '-p', '-t', this.#name);
  }

  /** What has scrolled away and what stands there. */
  history(): string {
    return this.#terminals.tmux('capture-pane', '-p', '-S', '-', '-t', this.#name);
  }

  resize(columns: number, rows: number): void {
    this.#terminals.tmux('resize-window', '-t', this.#name, '-x', String(columns), '-y', String(rows));
  }

  /** Waits until the screen shows a text. */
  async shows(text: string | RegExp): Promise<string> {
    return await vi.waitFor(() => {
      const screen = this.screen();
      expect(screen).toMatch(text);
      return screen;
    }, PATIENCE);
  }

  /** Whether the terminal is as a shell wants it: main screen, a cursor, wrapping lines. */
  state(): string {
    const flags = ['alternate_on', 'cursor_flag', 'wrap_flag', 'mouse_any_flag'].map((flag) => `#{${flag}}`).join(' ');
    return this.#terminals.tmux('display-message', '-p', '-t', this.#name, flags).trim();
  }

  /** A PNG of what stands there, where the pictures of docs/ are wanted: `EXP_PICTURES=docs npx vitest run test/tui/tmux`. */
  picture(name: string): void {
    const [folder, python] = [process.env.EXP_PICTURES, referencePython()];
    if (folder === undefined || python === null) return;
    const capture = join(tmpdir(), `voxel-exp-${process.pid}.txt`);
    const args = ['capture-pane', '-e', '-p', '-t', this.#name];
    writeFileSync(capture, this.#terminals.tmux(...args));
    const width = this.#terminals.tmux('display-message', '-p', '-t', this.#name, '#{pane_width}').trim();
    const script = new URL('./picture.py', import.meta.url).pathname;
    const drawn = spawnSync(python, [script, capture, join(folder, `${name}.png`), width], { encoding: 'utf8' });
    rmSync(capture);
    if (drawn.status !== 0) throw new Error(drawn.stderr);
  }
}

/** The state of a terminal that nobody has taken. */
export const CLEAN = '0 1 1 0';
