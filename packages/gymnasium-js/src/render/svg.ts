/** A small writer of SVG documents: enough for carts, links and hills. Coordinates are rounded to a hundredth of a pixel. */

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export type Attributes = Readonly<Record<string, string | number>>;

function attributes(values: Attributes): string {
  return Object.entries(values)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : value}"`)
    .join('');
}

/** One SVG element. */
export function element(name: string, values: Attributes, children: readonly string[] = []): string {
  const open = `<${name}${attributes(values)}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

/** A document of the given size in pixels on a white ground. */
export function svg(width: number, height: number, children: readonly string[]): string {
  const ground = element('rect', { width, height, fill: '#ffffff' });
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
    [ground, ...children],
  );
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke = '#000000', width = 1): string {
  return element('line', { x1, y1, x2, y2, stroke, 'stroke-width': width });
}

export function circle(cx: number, cy: number, r: number, fill: string): string {
  return element('circle', { cx, cy, r, fill });
}

export function polyline(points: readonly (readonly [number, number])[], stroke = '#000000'): string {
  const text = points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ');
  return element('polyline', { points: text, fill: 'none', stroke });
}

/** A rod with round ends from a point in a direction (radians, clockwise from straight down). */
export function rod(
  x: number,
  y: number,
  angle: number,
  length: number,
  width: number,
  colour: string,
): string {
  const [x2, y2] = [x + length * Math.sin(angle), y + length * Math.cos(angle)];
  return element('line', {
    x1: x,
    y1: y,
    x2,
    y2,
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
  });
}
