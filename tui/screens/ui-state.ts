import { assertNever } from '../../dsl/assert-never.ts';
import type { KeyAction, ViewName } from '../keys.ts';

/** What the person at the screen has chosen to see. Plain data: each key makes another one of it. */

export interface CurveSettings {
  readonly smoothing: boolean;
  readonly logScale: boolean;
  /** Halvings of the horizontal extent; 0 is the whole run. */
  readonly zoom: number;
  /** Half windows back from the latest value. */
  readonly pan: number;
}

export const PLANES = ['all', 'axial', 'coronal', 'sagittal'] as const;
export type PlaneChoice = (typeof PLANES)[number];

/** The pages that show only lines with what was typed. */
export type FilteredView = 'plan' | 'log';

export interface Filter {
  readonly text: string;
  readonly typing: boolean;
}

const NO_FILTER: Filter = { text: '', typing: false };

export interface UiState {
  readonly view: ViewName;
  /** Where `?` and Esc lead back to. */
  readonly before: ViewName;
  readonly curves: CurveSettings & { readonly chosen: number; readonly enlarged: boolean };
  readonly slices: {
    readonly caseIndex: number;
    readonly plane: PlaneChoice;
    /** From the largest cross-section, in slices towards head, front or right. */
    readonly offset: number;
    readonly truth: boolean;
    readonly prediction: boolean;
    readonly convention: 'radiological' | 'neurological';
  };
  /** What lines have to contain, and whether it is being typed. */
  readonly filters: Readonly<Record<FilteredView, Filter>>;
  readonly warningsOnly: boolean;
  /** First line that is shown; of the log, lines back from its end. */
  readonly scroll: { readonly plan: number; readonly log: number; readonly help: number };
  readonly sweep: { readonly chosen: number };
}

export function initialUiState(view: ViewName): UiState {
  return {
    view,
    before: view,
    curves: { smoothing: false, logScale: false, zoom: 0, pan: 0, chosen: 0, enlarged: false },
    slices: {
      caseIndex: 0,
      plane: 'all',
      offset: 0,
      truth: true,
      prediction: true,
      convention: 'radiological',
    },
    filters: { plan: NO_FILTER, log: NO_FILTER },
    warningsOnly: false,
    scroll: { plan: 0, log: 0, help: 0 },
    sweep: { chosen: 0 },
  };
}

/** How far things go, so that no key leads beyond them. */
export interface UiLimits {
  /** In the order of their tabs. */
  readonly views: readonly ViewName[];
  readonly curves: number;
  readonly cases: number;
  /** Of the volume that is shown, along the plane's normal. */
  readonly slices: { readonly below: number; readonly above: number };
  readonly members: number;
  /** Lines that can be scrolled away, of the view. */
  readonly scrollable: number;
  /** Lines of a page. */
  readonly page: number;
}

const MOST_ZOOM = 8;
const SLICES_A_PAGE = 5;

/** Actions that change nothing but what is seen; the others are the caller's. */
export function reduceUi(state: UiState, action: KeyAction, limits: UiLimits): UiState {
  switch (action) {
    case 'next view':
      return turn(state, limits.views, 1);
    case 'previous view':
      return turn(state, limits.views, -1);
    case 'help':
      return state.view === 'help' ? show(state, state.before) : show(state, 'help');
    case 'back':
      return back(state, limits);
    case 'show overview':
      return show(state, 'overview');
    case 'show curves':
      return show(state, 'curves');
    case 'show slices':
      return show(state, 'slices');
    case 'show plan':
      return show(state, 'plan');
    case 'show log':
      return show(state, 'log');
    case 'show sweep':
      return limits.views.includes('sweep') ? show(state, 'sweep') : state;
    case 'show help':
      return show(state, 'help');
    case 'up':
      return move(state, 1, limits);
    case 'down':
      return move(state, -1, limits);
    case 'page up':
      return move(state, state.view === 'slices' ? SLICES_A_PAGE : limits.page, limits);
    case 'page down':
      return move(state, state.view === 'slices' ? -SLICES_A_PAGE : -limits.page, limits);
    case 'first':
      return move(state, Number.POSITIVE_INFINITY, limits);
    case 'last':
      return move(state, Number.NEGATIVE_INFINITY, limits);
    case 'enlarge':
      return withCurves(state, { enlarged: !state.curves.enlarged });
    case 'zoom in':
      return withCurves(state, { zoom: Math.min(MOST_ZOOM, state.curves.zoom + 1), pan: state.curves.pan * 2 });
    case 'zoom out':
      return withCurves(state, { zoom: Math.max(0, state.curves.zoom - 1), pan: Math.floor(state.curves.pan / 2) });
    case 'whole':
      if (state.view === 'slices') return withSlices(state, { offset: 0 });
      return withCurves(state, { zoom: 0, pan: 0 });
    case 'earlier':
      return withCurves(state, { pan: Math.min(2 ** (state.curves.zoom + 1) - 2, state.curves.pan + 1) });
    case 'later':
      return withCurves(state, { pan: Math.max(0, state.curves.pan - 1) });
    case 'smoothing':
      return withCurves(state, { smoothing: !state.curves.smoothing });
    case 'log scale':
      return withCurves(state, { logScale: !state.curves.logScale });
    case 'next case':
      return withSlices(state, { caseIndex: clamp(state.slices.caseIndex + 1, limits.cases - 1), offset: 0 });
    case 'previous case':
      return withSlices(state, { caseIndex: clamp(state.slices.caseIndex - 1, limits.cases - 1), offset: 0 });
    case 'plane':
      return withSlices(state, { plane: after(PLANES, state.slices.plane), offset: 0 });
    case 'truth':
      return withSlices(state, { truth: !state.slices.truth });
    case 'prediction':
      return withSlices(state, { prediction: !state.slices.prediction });
    case 'convention': {
      const convention = state.slices.convention === 'radiological' ? 'neurological' : 'radiological';
      return withSlices(state, { convention });
    }
    case 'filter':
      return withFilter(state, { typing: true });
    case 'level':
      return { ...state, warningsOnly: !state.warningsOnly, scroll: { ...state.scroll, log: 0 } };
    case 'open run':
    case 'stop':
    case 'leave':
    case 'kill':
    case 'detach':
    case 'stop watched':
    case 'pause':
    case 'checkpoint':
    case 'validate':
    case 'suspend':
      return state;
    default:
      return assertNever(action);
  }
}

/** While a filter is typed, keys are its letters. */
export function typeFilter(state: UiState, key: string): UiState {
  const text = filterOf(state)?.text ?? '';
  if (key === 'enter') return withFilter(state, { typing: false });
  if (key === 'escape') return withFilter(state, NO_FILTER);
  if (key === 'backspace') return withFilter(state, { text: Array.from(text).slice(0, -1).join('') });
  if (key === 'space') return withFilter(state, { text: `${text} ` });
  return Array.from(key).length === 1 ? withFilter(state, { text: `${text}${key}` }) : state;
}

/** That of the page on the screen; null where it has none. */
export function filterOf({ view, filters }: UiState): Filter | null {
  return isFiltered(view) ? filters[view] : null;
}

function isFiltered(view: ViewName): view is FilteredView {
  return view === 'plan' || view === 'log';
}

/** Of the page on the screen, which starts again from its beginning, or the log from its end. */
function withFilter(state: UiState, change: Partial<Filter>): UiState {
  const { view, filters, scroll } = state;
  if (!isFiltered(view)) return state;
  return {
    ...state,
    filters: { ...filters, [view]: { ...filters[view], ...change } },
    scroll: { ...scroll, [view]: 0 },
  };
}

function show(state: UiState, view: ViewName): UiState {
  if (view === state.view) return state;
  return { ...state, view, before: state.view === 'help' ? state.before : state.view };
}

function back(state: UiState, limits: UiLimits): UiState {
  if (state.view === 'curves' && (state.curves.enlarged || state.curves.zoom > 0))
    return withCurves(state, { enlarged: false, zoom: 0, pan: 0 });
  const filter = filterOf(state);
  if (filter !== null && filter.text !== '') return withFilter(state, NO_FILTER);
  if (state.view === 'help') return show(state, state.before);
  if (state.view === 'overview' && limits.views.includes('sweep')) return show(state, 'sweep');
  return show(state, 'overview');
}

function turn(state: UiState, views: readonly ViewName[], by: number): UiState {
  const at = views.indexOf(state.view);
  return show(state, views[(at + by + views.length) % views.length] ?? 'overview');
}

/** Up is positive: towards the beginning of a list, and towards the head in a volume. */
function move(state: UiState, by: number, limits: UiLimits): UiState {
  const { view, scroll } = state;
  switch (view) {
    case 'curves':
      return withCurves(state, { chosen: clamp(state.curves.chosen - Math.sign(by), limits.curves - 1) });
    case 'slices': {
      const { below, above } = limits.slices;
      return withSlices(state, { offset: Math.max(-below, Math.min(above, state.slices.offset + by)) });
    }
    case 'sweep':
      return { ...state, sweep: { chosen: clamp(state.sweep.chosen - by, limits.members - 1) } };
    case 'log':
      return { ...state, scroll: { ...scroll, log: clamp(scroll.log + by, limits.scrollable) } };
    case 'plan':
    case 'help':
      return { ...state, scroll: { ...scroll, [view]: clamp(scroll[view] - by, limits.scrollable) } };
    case 'overview':
      return state;
    default:
      return assertNever(view);
  }
}

function withCurves(state: UiState, change: Partial<UiState['curves']>): UiState {
  return { ...state, curves: { ...state.curves, ...change } };
}

function withSlices(state: UiState, change: Partial<UiState['slices']>): UiState {
  return { ...state, slices: { ...state.slices, ...change } };
}

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] ?? one;
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(Math.max(0, most), value));
}
