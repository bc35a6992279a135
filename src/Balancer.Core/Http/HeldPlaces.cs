namespace Balancer.Http;

/// <summary>The places a request holds while it is in progress, to be given back exactly once. Reused; allocates only when it grows.</summary>
internal sealed class HeldPlaces
{
    private (IPlaceKeeper Keeper, long Place)[] _places = new (IPlaceKeeper, long)[2];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Holds a place.</summary>
    public void Add(IPlaceKeeper keeper, long place)
    {
        if (Count == _places.Length)
        {
            Array.Resize(ref _places, Count * 2);
        }

        _places[Count++] = (keeper, place);
    }

    /// <summary>Gives all of them back.</summary>
    public void GiveBack()
    {
        while (Count > 0)
        {
            var (keeper, place) = _places[--Count];
            _places[Count] = default;
            keeper.TakeBack(place);
        }
    }
}
