/** The menu of what a widget can be saved as. */
import { usePreview } from '../context.ts';
import { fileName, saveFile } from '../session/save.ts';
import { Menu } from '../shell/menu.tsx';
import { words } from '../words.ts';

export type FileKind = 'png' | 'svg' | 'csv';

interface Props {
  title: string;
  kinds?: readonly FileKind[];
  /** The file; null while nothing is drawn. */
  make: (kind: FileKind) => Promise<Blob> | Blob | null;
}

export function ExportMenu({ title, kinds = ['png', 'svg', 'csv'], make }: Props) {
  const { store, standalone } = usePreview();
  const save = async (kind: FileKind): Promise<void> => {
    const content = await make(kind);
    if (content !== null) await saveFile(store, standalone, fileName(title, kind), content);
  };
  return (
    <span class="chart-export">
      <Menu
        icon="export"
        label={words.export(title)}
        items={kinds.map((kind) => ({
          label: words.exportAs[kind],
          choose: () =>
            void save(kind).catch((error: unknown) => console.error('It could not be exported.', error)),
        }))}
      />
    </span>
  );
}
