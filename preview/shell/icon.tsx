/** A codicon. Decoration: whatever holds it has the name. */
export function Icon({ name, class: extra = '' }: { name: string; class?: string }) {
  return <span class={`codicon codicon-${name} ${extra}`} aria-hidden="true" />;
}

/** An empty place that says why it is empty. */
export function Empty({
  icon,
  title,
  detail,
  class: extra = '',
}: {
  icon: string;
  title: string;
  detail: string;
  class?: string;
}) {
  return (
    <div class={`empty ${extra}`}>
      <Icon name={icon} />
      <strong>{title}</strong>
      <span>{detail}</span>
    </div>
  );
}

export const severityIcon = { critical: 'error', warning: 'warning', info: 'info' } as const;
