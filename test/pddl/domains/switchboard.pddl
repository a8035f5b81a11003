; Conditional and universal effects: lamps on circuits, a surge that toggles, a fuse. Adds win over deletes.
(define (domain switchboard)
  (:requirements :adl)
  (:types lamp circuit)
  (:predicates (wired ?l - lamp ?c - circuit) (lit ?l - lamp) (live ?c - circuit) (broken ?l - lamp) (fused)
               (hot ?l - lamp))
  (:action switch
    :parameters (?c - circuit)
    :precondition (not (fused))
    :effect (and (when (live ?c) (not (live ?c)))
                 (when (not (live ?c)) (live ?c))
                 (forall (?l - lamp)
                   (and (when (and (wired ?l ?c) (live ?c)) (and (not (lit ?l)) (not (hot ?l))))
                        (when (and (wired ?l ?c) (not (live ?c)) (not (broken ?l))) (lit ?l))))))
  (:action surge
    :parameters ()
    :effect (and (forall (?l - lamp) (when (hot ?l) (broken ?l)))
                 (forall (?l - lamp) (when (lit ?l) (hot ?l)))
                 (forall (?l - lamp) (when (and (lit ?l) (hot ?l)) (not (lit ?l))))
                 (when (forall (?c - circuit) (live ?c)) (fused))))
  (:action replace
    :parameters (?l - lamp ?c - circuit)
    :precondition (and (wired ?l ?c) (not (live ?c)))
    :effect (and (not (broken ?l)) (not (hot ?l)) (not (lit ?l))
                 (when (fused) (lit ?l))))
  (:action reset
    :parameters ()
    :precondition (fused)
    :effect (and (not (fused)) (forall (?c - circuit) (not (live ?c))) (forall (?l - lamp) (not (lit ?l))))))
