// Owns what somebody meant who has mistyped a word. Pure.

/** The word that is nearest, `null` when none is near. */
export function suggestion(typed: string, words: readonly string[]): string | null {
  const [best] = words
    .map((word) => ({ word, far: distance(typed, word) }))
    .filter(({ word, far }) => far <= Math.max(1, Math.floor(Math.min(word.length, typed.length) / 3)))
    .sort((a, b) => a.far - b.far);
  return best?.word ?? null;
}

/** How many letters are to be put in, left out, changed, or swapped with their neighbour (Damerau's distance, of words without overlaps). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
