/** Distinct texts that are remembered. */
const MOST = 20_000;

/** What was found in texts, each under a head (a rule, a reason, a kind of change); when it is full it starts over. */
export class TextMemory<Found> {
  private readonly byHead = new Map<string, Map<string, Found>>();
  private size = 0;

  of(head: string, text: string): Found | undefined {
    return this.byHead.get(head)?.get(text);
  }

  /** Remembers and returns what was found. */
  keep(head: string, text: string, found: Found): Found {
    if (this.size >= MOST) {
      this.byHead.clear();
      this.size = 0;
    }
    let texts = this.byHead.get(head);
    if (!texts) {
      texts = new Map();
      this.byHead.set(head, texts);
    }
    texts.set(text, found);
    this.size++;
    return found;
  }
}
