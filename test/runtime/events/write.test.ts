import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../../runtime/events/read.ts';
import { EVENTS_FILE, EventWriter } from '../../../runtime/events/write.ts';
import { bodyOf } from '../../helpers/run-events.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

function writeAll(runDir: string, ...messages: readonly string[]): void {
  const writer = new EventWriter(runDir, () => 1_800_000_000_000);
  for (const message of messages) writer.write(bodyOf('log', { message }));
  writer.close();
}

function contents(runDir: string): readonly (readonly [number, string])[] {
  return readEvents(runDir).map((event) => [event.sequence, event.type === 'log' ? event.message : event.type]);
}

describe('the record of a run', () => {
  it('has one line an event, numbered from 0', () => {
    const runDir = temporaryFolder();
    writeAll(runDir, 'one', 'two\nlines');
    expect(readFileSync(join(runDir, EVENTS_FILE), 'utf8').split('\n')).toEqual([
      '{"sequence":0,"time":1800000000000,"type":"log","level":"info","message":"one"}',
      '{"sequence":1,"time":1800000000000,"type":"log","level":"info","message":"two\\nlines"}',
      '',
    ]);
  });

  it('goes on counting when it is opened again', () => {
    const runDir = temporaryFolder();
    writeAll(runDir, 'one');
    writeAll(runDir, 'two');
    expect(contents(runDir)).toEqual([
      [0, 'one'],
      [1, 'two'],
    ]);
  });

  it.each([1, 2, 20, 60])(
    'loses no whole line to a writer killed %i bytes before the end of its last one',
    (missing) => {
      const runDir = temporaryFolder();
      writeAll(runDir, 'one', 'two', 'torn');
      const path = join(runDir, EVENTS_FILE);
      truncateSync(path, readFileSync(path).length - missing);
      expect(contents(runDir)).toHaveLength(2);
      writeAll(runDir, 'three');
      expect(contents(runDir)).toEqual([
        [0, 'one'],
        [1, 'two'],
        [2, 'three'],
      ]);
    },
  );

  it('drops what a power cut left behind the last event', () => {
    const runDir = temporaryFolder();
    writeAll(runDir, 'one');
    appendFileSync(join(runDir, EVENTS_FILE), `${'\0'.repeat(100)}\n\0\0`);
    writeAll(runDir, 'two');
    expect(contents(runDir)).toEqual([
      [0, 'one'],
      [1, 'two'],
    ]);
  });

  it('is read past lines of types that this version does not know', () => {
    const runDir = temporaryFolder();
    writeAll(runDir, 'one');
    appendFileSync(join(runDir, EVENTS_FILE), '{"sequence":1,"time":1,"type":"from_the_future"}\n');
    appendFileSync(join(runDir, EVENTS_FILE), '{"sequence":2,"time":1,"type":"log","level":"info","message":"two"}\n');
    expect(contents(runDir)).toEqual([
      [0, 'one'],
      [2, 'two'],
    ]);
  });

  it('is empty before the first event, and an error where there is no run', () => {
    const runDir = temporaryFolder();
    expect(readEvents(runDir)).toEqual([]);
    expect(() => readEvents(join(runDir, 'nowhere'))).toThrow('there is no run at');
  });
});
