/** A progress bar on one line of a terminal, with the time that is probably left. Silent where there is no terminal. */
export class ProgressBar {
  private readonly startedAt = performance.now();
  private drawnAt = 0;
  private shown = false;

  constructor(
    private readonly label: string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
    /** Shown only when the work takes longer than this, seconds. */
    private readonly patience = 2,
  ) {}

  /** @param fraction done, in [0, 1]. @param detail a few words, e.g. `11 of 27 runs`. */
  update(fraction: number, detail: string): void {
    if (!this.stream.isTTY) return;
    const now = performance.now();
    const elapsed = (now - this.startedAt) / 1000;
    if (elapsed < this.patience || now - this.drawnAt < 200) return;
    this.drawnAt = now;
    this.shown = true;
    const left = fraction > 0.01 ? `, ${clock((elapsed * (1 - fraction)) / fraction)} left` : '';
    this.stream.write(`\r\x1b[K${bar(fraction)} ${this.label}: ${detail}, ${clock(elapsed)} gone${left}`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.shown) this.stream.write('\r\x1b[K');
  }
}

/** `[######------]  50 %`. */
export function bar(fraction: number, width = 24): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${String(Math.floor(fraction * 100)).padStart(3)} %`;
}

/** Seconds as `m:ss`, or `h:mm:ss` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
