export function total(lines, discount = 0) {
  let sum = 0;
  for (const line of lines) {
    if (line.free || line.cancelled) {
      continue;
    }
    sum += line.price * line.count;
  }
  return discount > 0 ? sum * (1 - discount) : sum;
}

export const cheapest = (lines) => {
  let best = null;
  lines.forEach((line) => {
    if (best === null || line.price < best.price) {
      best = line;
    }
  });
  return best;
};
