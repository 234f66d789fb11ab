export function Basket({ lines, onBuy }) {
  if (lines.length === 0) {
    return <p>Nothing here</p>;
  }
  return (
    <ul>
      {lines.map((line) => (
        <li key={line.id}>{line.free ? "free" : line.price}</li>
      ))}
    </ul>
  );
}
