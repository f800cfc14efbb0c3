import { describe, expect, it } from 'vitest';
import { type Layout, layoutFor } from '../../../tui/screens/layout.ts';

function height(layout: Layout): number {
  const curves = layout.curves === null ? 0 : layout.curves.rows * (layout.curves.sideBySide ? 1 : 2);
  const panels = [layout.header, layout.progress, curves, layout.facts, layout.log, layout.hints ? 1 : 0];
  const air = layout.airy ? panels.filter((panel) => panel > 0).length - 1 : 0;
  return panels.reduce((sum, panel) => sum + panel, 0) + air;
}

describe('the layout', () => {
  it('never takes more than rows − 1 lines', () => {
    for (let columns = 40; columns <= 300; columns += 10)
      for (let rows = 2; rows <= 80; rows++) expect(height(layoutFor(columns, rows))).toBeLessThanOrEqual(rows - 1);
  });

  it('gives up log, facts, curves and details before progress', () => {
    expect(layoutFor(80, 3)).toMatchObject({ progress: 2, header: 0, curves: null, facts: 0, log: 0 });
    expect(layoutFor(80, 16)).toMatchObject({ progress: 3, header: 2, curves: { rows: 6, sideBySide: true } });
    expect(layoutFor(80, 40)).toMatchObject({ facts: 6, hints: true, airy: true });
  });

  it('sets the curves side by side where both keep a readable width', () => {
    expect(layoutFor(60, 40).curves?.sideBySide).toBe(false);
    expect(layoutFor(100, 40).curves?.sideBySide).toBe(true);
  });
});
