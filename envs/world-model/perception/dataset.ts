import type { Inventory, Telemetry } from '../../cloud/interface.js';
import type { ConditionAt } from '../types.js';
import { DENSE_FEATURES } from './feature-columns.js';
import { FeatureExtractor, type PerceptionArm } from './features.js';
import { topologyView } from './topology-view.js';
import { Vocabulary } from './vocabulary.js';

/** One look at an incident with the truth beside it, as only the healing room can make it. */
export interface LabelledExample {
  readonly telemetry: Telemetry;
  readonly inventory: Inventory;
  /** Everything that is truly unhealthy; empty for a healthy run. */
  readonly conditions: readonly ConditionAt[];
  /** Looks at one incident share it, so that none is on both sides of a split. */
  readonly incident: number;
}

/** Feature rows of all components of all examples, with labels. */
export interface Dataset {
  readonly width: number;
  readonly conditions: readonly string[];
  readonly vocabulary: readonly (readonly [scope: string, name: string])[];
  /** Row-major `rows × width`. */
  readonly features: Float32Array;
  /** Row-major `rows × conditions`, 0 or 1. */
  readonly labels: Uint8Array;
  /** First row of each example, and one past the last row at the end. */
  readonly starts: readonly number[];
  /** Incident of each example. */
  readonly incidents: readonly number[];
}

/** Names that evidence may bring during training; the rare ones are dropped afterwards. */
const VOCABULARY_CAPACITY = 640;
/** A name on fewer rows than this teaches noise. */
const MIN_OCCURRENCES = 20;

/** Reads examples once, growing a vocabulary, and keeps their feature rows. */
export function collect(
  examples: Iterable<LabelledExample>,
  conditions: readonly string[],
  arm: PerceptionArm,
): Dataset {
  const vocabulary = new Vocabulary(VOCABULARY_CAPACITY);
  const extractor = new FeatureExtractor(arm, vocabulary);
  const blocks: Float32Array[] = [];
  const labelBlocks: Uint8Array[] = [];
  const starts = [0];
  const incidents: number[] = [];
  for (const example of examples) {
    const { components } = topologyView(example.inventory);
    blocks.push(
      compact(
        extractor.extract(example.telemetry, example.inventory),
        components.length,
        extractor.width,
        vocabulary,
      ),
    );
    labelBlocks.push(labelsOf(example.conditions, components, conditions));
    starts.push(starts.at(-1)! + components.length);
    incidents.push(example.incident);
  }
  return assemble(blocks, labelBlocks, starts, incidents, conditions, vocabulary);
}

/** A copy of the columns that exist so far, so that a growing vocabulary does not cost its capacity in memory. */
function compact(rows: Float32Array, count: number, width: number, vocabulary: Vocabulary): Float32Array {
  const used = DENSE_FEATURES.length + vocabulary.names.length;
  const out = new Float32Array(count * used);
  for (let i = 0; i < count; i++) out.set(rows.subarray(i * width, i * width + used), i * used);
  return out;
}

function labelsOf(
  truth: readonly ConditionAt[],
  components: readonly string[],
  conditions: readonly string[],
): Uint8Array {
  const labels = new Uint8Array(components.length * conditions.length);
  for (const { condition, component } of truth) {
    const row = components.indexOf(component);
    const column = conditions.indexOf(condition);
    if (row >= 0 && column >= 0) labels[row * conditions.length + column] = 1;
  }
  return labels;
}

function assemble(
  blocks: readonly Float32Array[],
  labelBlocks: readonly Uint8Array[],
  starts: readonly number[],
  incidents: readonly number[],
  conditions: readonly string[],
  vocabulary: Vocabulary,
): Dataset {
  const dense = DENSE_FEATURES.length;
  const counts = new Uint32Array(vocabulary.names.length);
  const widths = blocks.map((block, index) => block.length / (starts[index + 1]! - starts[index]!));
  blocks.forEach((block, index) => {
    const width = widths[index]!;
    for (let at = 0; at < block.length; at += width) {
      for (let f = dense; f < width; f++) if (block[at + f] !== 0) counts[f - dense]!++;
    }
  });
  const kept = [...counts.keys()].filter((id) => counts[id]! >= MIN_OCCURRENCES);
  const width = dense + kept.length;
  const rows = starts.at(-1)!;
  const features = new Float32Array(rows * width);
  const labels = new Uint8Array(rows * conditions.length);
  blocks.forEach((block, index) => {
    const from = widths[index]!;
    const first = starts[index]!;
    for (let i = 0; i * from < block.length; i++) {
      const at = (first + i) * width;
      features.set(block.subarray(i * from, i * from + dense), at);
      // A column that did not exist yet for this block lies beyond its row and is zero.
      for (let k = 0; k < kept.length; k++) {
        const column = dense + kept[k]!;
        features[at + dense + k] = column < from ? block[i * from + column]! : 0;
      }
    }
    labels.set(labelBlocks[index]!, first * conditions.length);
  });
  return {
    width,
    conditions,
    vocabulary: kept.map((id) => vocabulary.names[id]!),
    features,
    labels,
    starts,
    incidents,
  };
}
