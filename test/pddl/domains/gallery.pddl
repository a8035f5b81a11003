; Quantified and disjunctive preconditions: guards, rooms and paintings that are to be hung.
(define (domain gallery)
  (:requirements :adl)
  (:types room painting guard)
  (:predicates (door ?a ?b - room) (in ?g - guard ?r - room) (hangs ?p - painting ?r - room) (stored ?p - painting)
               (locked ?r - room) (valuable ?p - painting) (insured ?p - painting) (open-day))
  (:action walk
    :parameters (?g - guard ?a ?b - room)
    :precondition (and (in ?g ?a) (or (door ?a ?b) (door ?b ?a)) (not (= ?a ?b))
                       (imply (locked ?b) (exists (?other - guard) (and (in ?other ?b) (not (= ?other ?g))))))
    :effect (and (in ?g ?b) (not (in ?g ?a))))
  (:action hang
    :parameters (?p - painting ?r - room)
    :precondition (and (stored ?p) (exists (?g - guard) (in ?g ?r))
                       (or (not (valuable ?p)) (insured ?p) (forall (?other - room) (or (= ?other ?r) (locked ?other)))))
    :effect (and (hangs ?p ?r) (not (stored ?p))))
  (:action insure
    :parameters (?p - painting)
    :precondition (and (valuable ?p) (not (insured ?p))
                       (forall (?g - guard) (exists (?r - room) (and (in ?g ?r) (not (locked ?r))))))
    :effect (insured ?p))
  (:action lock
    :parameters (?r - room ?g - guard)
    :precondition (and (in ?g ?r) (not (locked ?r)))
    :effect (locked ?r))
  (:action unlock
    :parameters (?r - room ?g - guard)
    :precondition (and (locked ?r) (or (in ?g ?r) (exists (?a - room) (and (door ?a ?r) (in ?g ?a)))))
    :effect (not (locked ?r)))
  (:action open
    :parameters ()
    :precondition (and (not (exists (?p - painting) (stored ?p))) (not (exists (?r - room) (locked ?r))))
    :effect (open-day)))
