/** A table behind a figure, written as CSV beside it. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One figure of the report: traces and layout of plotly, without colours of text, grid and ground (those are themed). */
export interface Figure {
  /** Name of its CSV file and of its element in the page. */
  readonly id: string;
  readonly title: string;
  /** What is shown and how to read it, one or two sentences. */
  readonly caption: string;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** Pixels; the width is the page's. */
  readonly height: number;
  readonly table: Table;
}

/** RFC 4180 text of a table. */
export function toCsv({ columns, rows }: Table): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}
