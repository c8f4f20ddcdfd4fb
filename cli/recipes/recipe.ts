/** What a recipe is made for, and what it makes. */
import type { Permissions } from '../../bundles/describe.ts';

export interface Deployment {
  /** `east`: of services, images and folders. */
  name: string;
  /** For people. */
  title: string;
  /** Of the bundle: `sha256:…` */
  digest: string;
  permissions: Permissions;
  port: number;
  /** `registry.example/plants/east:1.0.0` */
  image: string;
  /** Path of Node where it runs. */
  node: string;
}

/** Path within the folder → text. */
export type Recipe = Record<string, string>;

/** Of nobody, in images that have no such user. */
export const NOBODY = 65532;

/** A name that services, images and hosts may have: `waterworks.East` → `waterworks-east`. */
export const serviceName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '') || 'twin';

/** Text that may stand in a comment or a description: one line, and no character that means something there. */
export const plain = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N} .,:()/_-]/gu, ' ')
    .slice(0, 120)
    .trim();
