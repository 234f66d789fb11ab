import React from "react";

interface Props {
  open: boolean;
  title?: string;
}

export function Panel({ open, title }: Props) {
  if (!open) {
    return null;
  }
  return <section>{title && <h1>{title}</h1>}</section>;
}
