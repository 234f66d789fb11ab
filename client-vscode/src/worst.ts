// The gravest of the server's findings in a file. Knows nothing of VS Code.

/** A finding as far as it is compared; a lower `severity` is graver, as in VS Code. */
export interface Finding {
  readonly severity: number;
  readonly message: string;
}

/** How far `message`'s figure lies above its limit, as a ratio ("… 25 (limit 15)"); 0 where it names none. */
export function excess(message: string): number {
  const found = /(\d+)[^\d(]*\(limit (\d+)\)/.exec(message);
  return found ? Number(found[1]) / Math.max(1, Number(found[2])) : 0;
}

/** The gravest first; among equals the one farthest above its limit. */
export function gravestFirst<F extends Finding>(findings: readonly F[]): F[] {
  return [...findings].sort((a, b) => a.severity - b.severity || excess(b.message) - excess(a.message));
}
