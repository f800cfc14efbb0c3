/** Keys as words: `q`, `Q`, `?`, `up`, `shift+tab`, `ctrl+c`, `space`, `enter`. */

const SEQUENCES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift+tab',
  '1~': 'home',
  '4~': 'end',
  '5~': 'pageup',
  '6~': 'pagedown',
  '7~': 'home',
  '8~': 'end',
};

const ESCAPE = '\u001b';

const SIGNS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  ' ': 'space',
  [ESCAPE]: 'escape',
  '\u007f': 'backspace',
  '\b': 'backspace',
};

/** CSI and SS3 sequences (ECMA-48; xterm's modifiers are passed over), and everything else sign by sign. */
const TOKEN = new RegExp(`${ESCAPE}[[O](?:[0-9;?]*)([A-Za-z~])|[\\s\\S]`, 'gu');

/** @param chunk what the terminal sent at once: an escape that comes alone is the Escape key */
export function decodeKeys(chunk: string): readonly string[] {
  const keys: string[] = [];
  for (const [token, end] of chunk.matchAll(TOKEN)) {
    const key = end === undefined ? signKey(token) : sequenceKey(token, end);
    if (key !== null) keys.push(key);
  }
  return keys;
}

function sequenceKey(token: string, end: string): string | null {
  const number = /(\d+)(?:;\d+)?~$/.exec(token)?.[1];
  return SEQUENCES[number === undefined ? end : `${number}~`] ?? null;
}

function signKey(sign: string): string | null {
  const named = SIGNS[sign];
  if (named !== undefined) return named;
  const code = sign.codePointAt(0) ?? 0;
  return code < 0x20 ? `ctrl+${String.fromCharCode(code + 0x60)}` : sign;
}

/** What a terminal answers when it is asked, beside the keys: sequences that end as no key does. */
const REPLY = new RegExp(`${ESCAPE}\\[(?:\\?[\\d;]*[Sc]|[\\d;]+t)`, 'g');

type Input = Pick<NodeJS.ReadStream, 'on' | 'off' | 'setRawMode' | 'resume' | 'pause' | 'ref' | 'unref'>;

/** Hears the keys of a terminal in raw mode, and what it answers. @returns how to end that */
export function listenForKeys(
  stdin: Input,
  hear: (key: string) => void,
  answered: (reply: string) => void = () => {},
): () => void {
  const onData = (chunk: Buffer | string) => {
    const text = chunk.toString();
    for (const [reply] of text.matchAll(REPLY)) answered(reply);
    for (const key of decodeKeys(text.replace(REPLY, ''))) hear(key);
  };
  const restore = () => stdin.setRawMode(false);
  stdin.setRawMode(true);
  process.once('exit', restore);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    process.off('exit', restore);
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
