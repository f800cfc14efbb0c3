import { spawn } from 'node:child_process';

/** The program of each system that opens an address with whatever the user has chosen for it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Opens a web address or a file in the user's browser. @returns whether there was a program to ask */
export async function openAddress(address: string): Promise<boolean> {
  const [program, ...leading] = OPENERS[process.platform] ?? ['xdg-open'];
  return await new Promise((resolve) => {
    const child = spawn(program, [...leading, address], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
