import { type Collected, groupBy, type SplitResults } from '../../runner/collect.js';
import type { Figure } from '../figure.js';
import { traceMenu } from './panels.js';

const NODES = [
  'incidents',
  'first plan accepted',
  'first plan rejected',
  'first answer unreadable',
  'handed over at once',
  'a later plan executed',
  'nothing executed',
  'recovered by one execution',
  'recovered by a later one',
  'unresolved',
] as const;
type Node = (typeof NODES)[number];

const NODE_COLOURS = [
  '#999999',
  '#56B4E9',
  '#E69F00',
  '#CC79A7',
  '#B5A300',
  '#56B4E9',
  '#999999',
  '#009E73',
  '#0072B2',
  '#D55E00',
];

/** How incidents flow from the first completion to their end, one method at a time, on the first split. */
export function planFlow({ splits }: Collected): Figure | null {
  const split = splits[0]?.split;
  const shown = splits.filter((entry) => entry.split === split);
  if (shown.length === 0) return null;
  const rows: (string | number)[][] = [];
  const data = shown.map((entry, i) => {
    const links = linksOf(entry);
    for (const { from, to, count } of links) rows.push([entry.variant, from, to, count]);
    return {
      type: 'sankey',
      name: entry.variant,
      visible: i === 0,
      orientation: 'h',
      node: { label: NODES, color: NODE_COLOURS, pad: 18, thickness: 14 },
      link: {
        source: links.map(({ from }) => NODES.indexOf(from)),
        target: links.map(({ to }) => NODES.indexOf(to)),
        value: links.map(({ count }) => count),
        color: 'rgba(128, 128, 128, 0.3)',
      },
    };
  });
  return {
    id: 'plan-flow',
    title: 'From plan to recovery',
    caption: `What became of the incidents of ${split} (all training seeds together): first plan accepted or not, repaired after feedback or not, recovered or not.`,
    data,
    layout: traceMenu(shown.map((entry) => entry.variant)),
    height: 440,
    table: { columns: ['method', 'from', 'to', 'incidents'], rows },
  };
}

interface Link {
  readonly from: Node;
  readonly to: Node;
  readonly count: number;
}

function linksOf({ records }: SplitResults): Link[] {
  const steps = records.flatMap((record) =>
    record.course.flatMap((course, i) => {
      const path = pathOf(course, record.metrics.recovered[i] === 1);
      return path.slice(1).map((to, k) => ({ from: path[k]!, to }));
    }),
  );
  const groups = groupBy(steps, ({ from, to }) => `${NODES.indexOf(from)} ${NODES.indexOf(to)}`);
  return [...groups.values()].map((group) => ({ ...group[0]!, count: group.length }));
}

/** Nodes that an incident passes, from its course (a letter a turn: E executed, R rejected, U unreadable, H handed over). */
export function pathOf(course: string, recovered: boolean): Node[] {
  const path: Node[] = ['incidents'];
  if (course.startsWith('E')) path.push('first plan accepted');
  else if (course.startsWith('H')) path.push('handed over at once');
  else {
    path.push(course.startsWith('R') ? 'first plan rejected' : 'first answer unreadable');
    path.push(course.includes('E') ? 'a later plan executed' : 'nothing executed');
  }
  const executions = course.split('E').length - 1;
  if (!recovered) path.push('unresolved');
  else path.push(executions > 1 ? 'recovered by a later one' : 'recovered by one execution');
  return path;
}
