import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonHas, referencePython } from './python.ts';

/** Why tests against a real server cannot run here; null where they can. */
export function noMlflow(): string | null {
  if (referencePython() === null) return 'no reference Python (test/reference/setup.sh makes it)';
  return pythonHas('mlflow') ? null : 'the reference Python has no mlflow (pip install mlflow)';
}

/** A real MLflow tracking server with a SQLite store and an artifact folder of its own. It can go away and come back. */
export class MlflowServer {
  readonly uri: string;
  /** Deleted by `dispose`. */
  readonly folder: string;
  readonly #port: number;
  readonly #python: string;
  readonly #workspaces: boolean;
  #process: ChildProcess | null = null;
  readonly #killAtExit = (): void => this.#signal('SIGKILL');

  private constructor(port: number, python: string, workspaces: boolean) {
    this.#port = port;
    this.#workspaces = workspaces;
    this.#python = python;
    this.uri = `http://127.0.0.1:${port}`;
    this.folder = mkdtempSync(join(tmpdir(), 'exp-mlflow-'));
    process.once('exit', this.#killAtExit);
  }

  /**
   * Reserves a port; nothing listens there until `start`.
   *
   * @param workspaces whether it separates what belongs to one workspace from the others
   */
  static async create({ workspaces = false } = {}): Promise<MlflowServer> {
    const python = referencePython();
    if (python === null) throw new Error('no reference Python');
    return new MlflowServer(await freePort(), python, workspaces);
  }

  /** Starts it and waits until it is healthy: 5 to 20 seconds. Its store is the one of the last time. */
  async start(timeoutMs = 90_000): Promise<void> {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(this.#port), '--workers', '1'];
    const store = ['--backend-store-uri', `sqlite:///${join(this.folder, 'mlflow.db')}`];
    const artifacts = ['--artifacts-destination', join(this.folder, 'artifacts')];
    const child = spawn(
      this.#python,
      [...args, ...store, ...artifacts, ...(this.#workspaces ? ['--enable-workspaces'] : [])],
      {
        cwd: this.folder,
        // The job runners cost seven processes and are of no use here.
        env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
        stdio: ['ignore', log, log],
        // A group of its own, because the server is a parent with a worker.
        detached: true,
      },
    );
    closeSync(log);
    this.#process = child;
    const deadline = Date.now() + timeoutMs;
    while (!(await this.#isHealthy())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the MLflow server did not start:\n${readFileSync(join(this.folder, 'server.log'), 'utf8')}`);
      }
      await sleep(100);
    }
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#signal('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await gone;
    this.#process = null;
    while (await this.#isHealthy()) await sleep(20);
  }

  async dispose(): Promise<void> {
    await this.kill();
    process.removeListener('exit', this.#killAtExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process?.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // Gone already.
    }
  }

  async #isHealthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.uri}/health`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }
}

/** A port where nothing listens now. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
