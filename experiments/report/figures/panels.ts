/** Panels beside each other at most; more go below. */
const COLUMNS = 2;

/** Layout of n panels in reading order, with room for the names on each y axis. */
export function panelGrid(n: number): Record<string, unknown> {
  const columns = Math.min(n, COLUMNS);
  return { grid: { rows: Math.ceil(n / COLUMNS), columns, pattern: 'independent', xgap: 0.3, ygap: 0.35 } };
}

/** Height of a figure of n panels, each `height` pixels with its axis. */
export function panelsHeight(n: number, height: number): number {
  return 90 + Math.ceil(n / COLUMNS) * height;
}

/** What plotly appends to the axis names of panel number `panel` (from 0). */
export function axisSuffix(panel: number): string {
  return panel === 0 ? '' : String(panel + 1);
}

/** Buttons that show one trace and hide the others, with the name of the one shown as the figure's title. */
export function traceMenu(names: readonly string[]): Record<string, unknown> {
  const buttons = names.map((label, i) => ({
    label,
    method: 'update',
    args: [{ visible: names.map((_, j) => j === i) }, { 'title.text': label }],
  }));
  return {
    title: { text: names[0], x: 0.5, font: { size: 14 } },
    updatemenus: [
      { type: 'dropdown', showactive: false, x: 0, y: 1.06, xanchor: 'left', yanchor: 'bottom', buttons },
    ],
  };
}
