import { useCallback, useEffect, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { PHONE, useMedia } from './components/media.js';
import { NameEntry } from './features/account/NameEntry.jsx';
import { Leftovers } from './features/account/Leftovers.jsx';
import { Unreachable } from './features/account/Unreachable.jsx';
import { Me } from './features/account/Me.jsx';
import { Banner } from './features/account/Banner.jsx';
import { Composer } from './features/composer/Composer.jsx';
import { Conversation } from './features/messages/Conversation.jsx';
import { Unsent } from './features/messages/Unsent.jsx';
import { PeoplePanel } from './features/presence/PeoplePanel.jsx';
import { TypingLine } from './features/presence/TypingLine.jsx';
import { JoinBar } from './features/rooms/JoinBar.jsx';
import { NoRoom } from './features/rooms/NoRoom.jsx';
import { RoomHeader } from './features/rooms/RoomHeader.jsx';
import { Sidebar } from './features/rooms/Sidebar.jsx';
import { useTitle } from './features/rooms/useTitle.js';
import { useClient, useStore } from './state/store.js';
import css from './App.module.css';

const FIRST_ROOM = 'general';

/** The whole page: who is here decides what shows. */
export function App() {
  const session = useStore((state) => state.session);
  const signedIn = session === 'somebody';
  useTitle();
  if (session === 'nobody') return <NameEntry />;
  if (session === 'unreachable') return <Unreachable />;
  return signedIn ? <House /> : null;
}

/** Rooms beside the conversation; on a phone one at a time. */
function House() {
  const client = useClient();
  const phone = useMedia(PHONE);
  const [path, navigate] = useLocation();
  const [, params] = useRoute('/rooms/:room');
  const room = params?.room ?? null;
  const [people, setPeople] = useState(false);
  const shown = useStore(({ rooms }) => room !== null && rooms[room] && !rooms[room].refused);
  // On a phone the panel is a page of its own: going back closes it.
  const asPage = useHistoryState()?.panel === true;
  const panel = Boolean((phone ? asPage : people) && shown);

  useEffect(() => client.open(room), [client, room]);

  useEffect(() => {
    if (room === null && (!phone || path !== '/'))
      navigate(`/rooms/${FIRST_ROOM}`, { replace: true });
  }, [room, phone, path, navigate]);

  useEffect(() => {
    const timer = setInterval(client.tick, 1_000);
    return () => clearInterval(timer);
  }, [client]);

  const back = useCallback(() => {
    if (history.state?.fromList) history.back();
    else navigate('/', { replace: true });
  }, [navigate]);
  const showPeople = useCallback(() => {
    if (phone) navigate(path, { state: { ...history.state, panel: true } });
    else setPeople((before) => !before);
  }, [phone, navigate, path]);
  const hidePeople = useCallback(() => {
    if (phone) history.back();
    else setPeople(false);
  }, [phone]);

  return (
    <div className={css.house}>
      <div className={css.columns}>
        {!phone && <Sidebar current={room} me={<Me />} />}
        {phone && room === null && (
          <main className={css.rooms}>
            <Sidebar
              current={room}
              me={
                <>
                  <Banner />
                  <Me />
                </>
              }
            />
          </main>
        )}
        {room !== null && (
          <OpenRoom
            key={room}
            id={room}
            people={panel}
            covered={panel && phone}
            onPeople={showPeople}
            onBack={phone ? back : null}
          />
        )}
        <Leftovers />
        {panel && room !== null && <PeoplePanel room={room} onClose={hidePeople} />}
      </div>
    </div>
  );
}

/**
 * @param {{
 *   id: string,
 *   people: boolean,
 *   covered: boolean,
 *   onPeople: () => void,
 *   onBack: (() => void) | null,
 * }} props
 */
function OpenRoom({ id, people, covered, onPeople, onBack }) {
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
    <main className={css.conversation} inert={covered}>
      <RoomHeader room={room} people={people} onPeople={onPeople} onBack={onBack} />
      <Conversation room={room} />
      <div className={css.between}>
        <TypingLine room={id} />
        <Banner over />
      </div>
      {room.member ? <Composer room={room} /> : <JoinBar room={room} />}
    </main>
  );
}
