import { listmonk } from './listmonk.ts';
import type { PeerApi } from './peer.ts';

export const peerApis: readonly PeerApi[] = [listmonk];
