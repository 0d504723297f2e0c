import { useCallback, useEffect, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { later } from './components/Later.jsx';
import { Panel } from './components/Panel.jsx';
import { NARROW, PHONE, useMedia } from './components/media.js';
import { useShortcuts } from './components/useShortcuts.js';
import { NameEntry } from './features/account/NameEntry.jsx';
import { Opening } from './features/account/Opening.jsx';
import { Unreachable } from './features/account/Unreachable.jsx';
import { Me } from './features/account/Me.jsx';
import { Banner } from './features/account/Banner.jsx';
import { Composer } from './features/composer/Composer.jsx';
import { Conversation } from './features/messages/Conversation.jsx';
import { Unsent } from './features/messages/Unsent.jsx';
import { UpdateBar } from './features/notify/UpdateBar.jsx';
import { PeoplePanel } from './features/presence/PeoplePanel.jsx';
import { TypingLine } from './features/presence/TypingLine.jsx';
import { JoinBar } from './features/rooms/JoinBar.jsx';
import { NoRoom } from './features/rooms/NoRoom.jsx';
import { neighbour } from './features/rooms/order.js';
import { forgetVisits } from './features/rooms/recent.js';
import { RoomHeader } from './features/rooms/RoomHeader.jsx';
import { Sidebar } from './features/rooms/Sidebar.jsx';
import { useRecent } from './features/rooms/useRecent.js';
import { useTitle } from './features/rooms/useTitle.js';
import { memory } from './lib/memory.js';
import { useClient, useStore } from './state/store.js';
import css from './App.module.css';

const About = later(async () => (await import('./features/help/About.jsx')).About);
const BrowseRooms = later(
  async () => (await import('./features/rooms/BrowseRooms.jsx')).BrowseRooms,
);
const CreateRoom = later(async () => (await import('./features/rooms/CreateRoom.jsx')).CreateRoom);
const KeyHelp = later(async () => (await import('./features/help/KeyHelp.jsx')).KeyHelp);
const Leftovers = later(async () => (await import('./features/account/Leftovers.jsx')).Leftovers);
const QuickJump = later(async () => (await import('./features/rooms/QuickJump.jsx')).QuickJump);
const Settings = later(async () => {
  const [{ Settings: Window }, { NotificationSettings }] = await Promise.all([
    import('./features/account/Settings.jsx'),
    import('./features/notify/NotificationSettings.jsx'),
  ]);
  return (/** @type {{onKeys: () => void, onClose: () => void}} */ props) => (
    <Window notifications={<NotificationSettings />} {...props} />
  );
});

const TodoPanel = later(
  async () => (await import('./features/todo/TodoPanel.jsx')).TodoPanel,
  Panel,
);
const CardWindow = later(async () => (await import('./features/cards/CardWindow.jsx')).CardWindow);
const Tester = later(async () => (await import('./features/tester/Tester.jsx')).Tester);

const FIRST_ROOM = 'general';
const HIDDEN = 'teahouse.sidebar';

/** The whole page: who is here decides what shows. */
export function App() {
  const client = useClient();
  const session = useStore((state) => state.session);
  const farewell = useStore((state) => state.farewell);
  const [, navigate] = useLocation();
  const [about] = useRoute('/about');
  const [tester] = useRoute('/tester');
  const inside = useHistoryState()?.inside === true;
  useTitle();

  useEffect(() => {
    if (session === 'nobody' && !farewell) forgetVisits();
  }, [session, farewell]);
  useEffect(() => {
    if (about || tester) client.open(null);
  }, [client, about, tester]);

  const back = useCallback(() => {
    if (inside) history.back();
    else navigate('/');
  }, [inside, navigate]);

  if (about) return <About onClose={back} />;
  if (tester) return <Tester onClose={back} />;
  if (session === 'nobody') return <NameEntry />;
  if (session === 'unreachable') return <Unreachable />;
  return session === 'somebody' ? <House /> : <Opening />;
}

/**
 * What is open over the page.
 * @typedef {'find' | 'browse' | 'settings' | 'keys' | {create: string} | {card: string}} Window `create`: the name
 *   to begin with; `card`: for which room
 * @typedef {'people' | 'todo'} PanelName
 */

/** Rooms beside the conversation; on a phone one at a time. */
function House() {
  const client = useClient();
  const phone = useMedia(PHONE);
  const narrow = useMedia(NARROW);
  const [path, navigate] = useLocation();
  const [, params] = useRoute('/rooms/:room');
  const room = params?.room ?? null;
  const [beside, setBeside] = useState(/** @type {PanelName | null} */ (null));
  const [open, setOpen] = useState(/** @type {Window | null} */ (null));
  // What is open belongs to what is behind it: going back leaves both.
  const [behind, setBehind] = useState(path);
  if (behind !== path) {
    setBehind(path);
    setOpen(null);
  }
  const [folded, setFolded] = useState(() => memory.getItem(HIDDEN) === 'hidden');
  const [latest, setLatest] = useState(0);
  const left = useStore(({ leftovers }) => leftovers.length > 0);
  const [putOff, setPutOff] = useState(false);
  const shown = useStore(({ rooms }) =>
    Boolean(room !== null && rooms[room] && !rooms[room].refused),
  );
  // On a phone the panel is a page of its own: going back closes it.
  const asPage = useHistoryState()?.panel;
  const named = asPage === 'people' || asPage === 'todo' ? asPage : null;
  const panel = shown ? (phone ? named : beside) : null;
  const foldable = narrow && !phone && shown;
  useRecent(room);

  useEffect(() => client.open(room), [client, room]);

  useEffect(() => {
    if (room === null && (!phone || path !== '/'))
      navigate(`/rooms/${FIRST_ROOM}`, { replace: true });
  }, [room, phone, path, navigate]);

  useEffect(() => {
    const timer = setInterval(client.tick, 1_000);
    return () => clearInterval(timer);
  }, [client]);

  // So that the first press finds it there.
  useEffect(() => {
    const timer = setTimeout(() => {
      QuickJump.ready();
      TodoPanel.ready();
    }, 1_000);
    return () => clearTimeout(timer);
  }, []);

  const back = useCallback(() => {
    if (history.state?.fromList) history.back();
    else navigate('/', { replace: true });
  }, [navigate]);
  const hidePanel = useCallback(() => {
    if (phone) history.back();
    else setBeside(null);
  }, [phone]);
  const showPanel = useCallback(
    (/** @type {PanelName} */ name) => {
      if (phone) navigate(path, { state: { ...history.state, panel: name } });
      else setBeside(name);
    },
    [phone, navigate, path],
  );
  const fold = useCallback(() => {
    setFolded(!folded);
    if (folded) memory.removeItem(HIDDEN);
    else memory.setItem(HIDDEN, 'hidden');
  }, [folded]);

  const close = useCallback(() => setOpen(null), []);
  const showKeys = useCallback(() => setOpen('keys'), []);
  /** @param {string} wanted */
  function go(wanted) {
    close();
    if (wanted !== room) navigate(`/rooms/${wanted}`, { state: { fromList: room === null } });
  }

  useShortcuts({
    onFind: () => setOpen('find'),
    onHelp: showKeys,
    onStep(step, waiting) {
      const next = neighbour(client.store.get(), step, waiting);
      if (next) go(next);
    },
    onEscape() {
      if (panel) return hidePanel();
      client.markRead();
      setLatest(latest + 1);
      return undefined;
    },
  });

  const sidebar = (/** @type {import('react').ReactNode} */ banner = null) => (
    <Sidebar
      current={room}
      onFind={() => setOpen('find')}
      onCreate={() => setOpen({ create: '' })}
      onBrowse={() => setOpen('browse')}
      me={
        <>
          {banner}
          <UpdateBar />
          <Me onSettings={() => setOpen('settings')} onKeys={showKeys} />
        </>
      }
    />
  );

  return (
    <div className={css.house}>
      <div className={css.columns}>
        {!phone && !(foldable && folded) && sidebar()}
        {phone && room === null && <main className={css.rooms}>{sidebar(<Banner />)}</main>}
        {room !== null && (
          <div className={css.stage}>
            <OpenRoom
              key={room}
              id={room}
              panel={panel}
              covered={panel !== null && narrow}
              latest={latest}
              onPanel={(name) => (name === panel ? hidePanel() : showPanel(name))}
              onTodo={() => panel !== 'todo' && showPanel('todo')}
              onCard={() => setOpen({ card: room })}
              onBack={phone ? back : null}
              sidebar={foldable ? { shown: !folded, toggle: fold } : null}
            />
            {panel === 'people' && <PeoplePanel room={room} onClose={hidePanel} />}
            {panel === 'todo' && <TodoPanel room={room} onClose={hidePanel} />}
          </div>
        )}
      </div>
      {left && !putOff && <Leftovers onClose={() => setPutOff(true)} />}
      {open === 'find' && (
        <QuickJump
          current={room}
          onPick={go}
          onCreate={(name) => setOpen({ create: name })}
          onClose={close}
        />
      )}
      {open === 'browse' && (
        <BrowseRooms onPick={go} onCreate={() => setOpen({ create: '' })} onClose={close} />
      )}
      {typeof open === 'object' && open && 'create' in open && (
        <CreateRoom name={open.create} onDone={go} onClose={close} />
      )}
      {typeof open === 'object' && open && 'card' in open && (
        <CardWindow room={open.card} onClose={close} />
      )}
      {open === 'settings' && <Settings onKeys={showKeys} onClose={close} />}
      {open === 'keys' && <KeyHelp onClose={close} />}
    </div>
  );
}

/**
 * @param {{
 *   id: string,
 *   panel: PanelName | null,
 *   covered: boolean,
 *   latest: number,
 *   onPanel: (panel: PanelName) => void,
 *   onTodo: () => void,
 *   onCard: () => void,
 *   onBack: (() => void) | null,
 *   sidebar: {shown: boolean, toggle: () => void} | null,
 * }} props
 */
function OpenRoom({ id, panel, covered, latest, onPanel, onTodo, onCard, onBack, sidebar }) {
  const room = useStore((state) => state.rooms[id]);
  if (!room) return <main className={css.conversation} />;
  if (room.refused)
    return (
      <div className={css.conversation}>
        <NoRoom room={room} onBack={onBack}>
          <Unsent room={id} />
        </NoRoom>
        <Banner />
      </div>
    );
  return (
    <main className={css.conversation} inert={covered} tabIndex={-1}>
      <RoomHeader room={room} panel={panel} onPanel={onPanel} onBack={onBack} sidebar={sidebar} />
      <Conversation room={room} latest={latest} />
      <div className={css.between}>
        <TypingLine room={id} />
        {(onBack || sidebar?.shown === false) && <UpdateBar over />}
        <Banner over />
      </div>
      {room.member ? (
        <Composer room={room} onTodo={onTodo} onCard={onCard} />
      ) : (
        <JoinBar room={room} />
      )}
    </main>
  );
}
