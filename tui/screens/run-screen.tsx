import { Box } from 'ink';
import { Children, type ReactNode } from 'react';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { ScreenMode } from '../keys.ts';
import type { Note } from '../output/plain.ts';
import { Curves } from './curves.tsx';
import { Facts } from './facts-panel.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { KeyHints } from './key-hints.tsx';
import { layoutFor } from './layout.ts';
import { LogTail } from './log-tail.tsx';
import { Progress } from './progress.tsx';

export type ScreenView = 'overview' | 'log' | 'help';

export interface RunScreenProps {
  readonly state: RunState;
  readonly notes: readonly Note[];
  readonly plan: Plan | null;
  readonly tracking: TrackingState | null;
  readonly group?: string | null;
  readonly mode: ScreenMode;
  readonly view: ScreenView;
  readonly stopping: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}

/** The whole screen as a pure function of what is known: at most `rows − 1` lines. */
export function RunScreen(props: RunScreenProps) {
  const { state, notes, plan, tracking, mode, view, stopping, now } = props;
  const layout = layoutFor(props.columns, props.rows);
  const { columns } = layout;
  const header = layout.header > 0 && (
    <Header state={state} group={props.group ?? null} now={now} columns={columns} rows={layout.header} />
  );
  const hints = layout.hints && <KeyHints mode={mode} stopping={stopping} columns={columns} />;
  const between = props.rows - 1 - layout.header - (layout.hints ? 1 : 0) - (layout.airy ? 2 : 0);
  if (view !== 'overview') {
    return (
      <Panels airy={layout.airy}>
        {header}
        {view === 'help' ? (
          <Help mode={mode} columns={columns} rows={between} />
        ) : (
          <LogTail notes={notes} columns={columns} rows={Math.max(0, between)} />
        )}
        {hints}
      </Panels>
    );
  }
  return (
    <Panels airy={layout.airy}>
      {header}
      {layout.progress > 0 && <Progress state={state} now={now} columns={columns} rows={layout.progress} />}
      {layout.curves !== null && <Curves state={state} columns={columns} {...layout.curves} />}
      {layout.facts > 0 && (
        <Facts state={state} plan={plan} tracking={tracking} now={now} columns={columns} rows={layout.facts} />
      )}
      {layout.log > 0 && <LogTail notes={notes} columns={columns} rows={layout.log} />}
      {hints}
    </Panels>
  );
}

function Panels({ airy, children }: { readonly airy: boolean; readonly children: ReactNode }) {
  return (
    <Box flexDirection="column" rowGap={airy ? 1 : 0}>
      {Children.toArray(children).map((panel, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: panels keep their order
        <Box key={index} flexDirection="column" flexShrink={0}>
          {panel}
        </Box>
      ))}
    </Box>
  );
}
