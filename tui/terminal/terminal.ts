/** What the terminal on the other side can do. Asked once, at the start; everything else is told. */

export interface Terminal {
  /** Whether a live screen and questions make sense: a person sits there. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Whether it shows braille, box drawing and typographic signs. */
  readonly unicode: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function describeTerminal(stream: { readonly isTTY?: boolean }, environment: Environment): Terminal {
  const isTTY = stream.isTTY === true;
  return {
    interactive: isTTY && !isSet(environment.CI) && environment.TERM !== 'dumb',
    color: wantsColor(isTTY, environment),
    unicode: showsUnicode(environment),
  };
}

/** @see https://no-color.org and https://force-color.org */
function wantsColor(isTTY: boolean, environment: Environment): boolean {
  if (isSet(environment.NO_COLOR)) return false;
  if (isSet(environment.FORCE_COLOR)) return environment.FORCE_COLOR !== '0';
  return isTTY && environment.TERM !== 'dumb';
}

/** The locale decides where it is set; the Linux console has no braille in its font whatever the locale says. */
function showsUnicode(environment: Environment): boolean {
  if (isSet(environment.EXP_ASCII) || environment.TERM === 'linux') return false;
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find(isSet);
  return locale === undefined || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
