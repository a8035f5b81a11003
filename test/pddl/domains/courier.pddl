; Typed with a hierarchy and constants, and action costs: couriers carry parcels by van and by bike.
(define (domain courier)
  (:requirements :strips :typing :action-costs)
  (:types movable place - object
          vehicle parcel - movable
          van bike - vehicle
          letter box - parcel
          depot street - place)
  (:constants hub - depot)
  (:predicates (at ?x - movable ?p - place) (in ?x - parcel ?v - vehicle)
               (road ?from ?to - place) (lane ?from ?to - place))
  (:functions (total-cost) - number (distance ?from ?to - place) - number)
  (:action drive
    :parameters (?v - van ?from ?to - place)
    :precondition (and (at ?v ?from) (road ?from ?to))
    :effect (and (at ?v ?to) (not (at ?v ?from)) (increase (total-cost) (distance ?from ?to))))
  (:action ride
    :parameters (?v - bike ?from ?to - place)
    :precondition (and (at ?v ?from) (lane ?from ?to))
    :effect (and (at ?v ?to) (not (at ?v ?from)) (increase (total-cost) 3)))
  (:action load
    :parameters (?x - parcel ?v - vehicle ?p - place)
    :precondition (and (at ?x ?p) (at ?v ?p))
    :effect (and (in ?x ?v) (not (at ?x ?p)) (increase (total-cost) 1)))
  (:action unload
    :parameters (?x - parcel ?v - vehicle ?p - place)
    :precondition (and (in ?x ?v) (at ?v ?p))
    :effect (and (at ?x ?p) (not (in ?x ?v)) (increase (total-cost) 1)))
  (:action drop-at-hub
    :parameters (?x - letter ?v - bike)
    :precondition (and (in ?x ?v) (at ?v hub))
    :effect (and (at ?x hub) (not (in ?x ?v)) (increase (total-cost) 0))))
