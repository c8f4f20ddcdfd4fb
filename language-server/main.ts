/** Starts the language server on stdio. What was compiled is kept between starts: half of a start is compiling otherwise. */
import nodeModule from 'node:module';

nodeModule.enableCompileCache?.();
const { serve } = await import('./node.ts');
serve(import.meta.url);
